"""Places that a person names: towns at home and abroad, regions, countries; and how far apart two places are.

The gazetteer is lexicon/places/*.tsv; the towns are from GeoNames (geonames.org, CC BY 4.0).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from babel import Locale

from understanding.words import straighten

EARTH_RADIUS_KM = 6371.0
#: More words than this no place name has.
LONGEST = 5
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*'?")


@dataclass(frozen=True)
class Place:
    """A town, a region of the trial's country, or a country; coordinates in decimal degrees, of towns only."""

    name: str
    country: str
    latitude: float | None = None
    longitude: float | None = None
    is_region: bool = False


@dataclass(frozen=True)
class NamedPlace:
    """A place and where in the text it is named."""

    place: Place
    start: int
    end: int


def distance_km(a: Place, b: Place) -> float:
    """The distance in a straight line, in kilometres.

    Raises:
        ValueError: if one of them has no coordinates.
    """
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        raise ValueError(f"No coordinates for {a.name} or {b.name}.")
    phi_a, phi_b = radians(a.latitude), radians(b.latitude)
    half_phi, half_lambda = (phi_b - phi_a) / 2, radians(b.longitude - a.longitude) / 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(sin(half_phi) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_lambda) ** 2))


class Gazetteer:
    """Finds places in a text."""

    def __init__(self, places: dict[str, Place], leading_words: frozenset[str], common_words: frozenset[str]) -> None:
        self._places = places
        self._leading = leading_words
        self._common = common_words

    @classmethod
    def load(cls, lexicon: Path, language: str, leading_words: list[str], common_words: frozenset[str]) -> Gazetteer:
        """Reads the gazetteer.

        Args:
            lexicon: the folder ``lexicon``.
            language: whose names of countries are read.
            leading_words: words that stand before a place ("in", "near").
            common_words: words of the language, which are a place only when written or led in like one.
        """
        places: dict[str, Place] = {}
        for territory, name in Locale(language).territories.items():
            if len(territory) == 2 and territory.isalpha():
                places[name.lower()] = Place(name, territory)
        for file in ("regions.tsv", "home.tsv", "abroad.tsv"):
            with (lexicon / "places" / file).open(encoding="utf-8", newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t"):
                    names = row["names"].split("|")
                    place = Place(names[0], row["country"], is_region=file == "regions.tsv")
                    if not place.is_region:
                        place = replace(place, latitude=float(row["latitude"]), longitude=float(row["longitude"]))
                    for name in names:  # largest first: of two towns with one name the larger is meant
                        places.setdefault(name.lower(), place)
        return cls(places, frozenset(leading_words), common_words)

    def get(self, name: str) -> Place | None:
        """The place of that name, if there is one."""
        return self._places.get(straighten(name).lower())

    def find(self, text: str) -> list[NamedPlace]:
        """The places named in the text, longest name first where several begin at one word."""
        text = text.replace("’", "'")
        words = [(found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]
        shouted = text.isupper()
        found: list[NamedPlace] = []
        position = 0
        while position < len(words):
            for length in range(min(LONGEST, len(words) - position), 0, -1):
                span = words[position : position + length]
                start, end = span[0][1], span[-1][2]
                place = self._places.get(text[start:end].lower())
                if place and self._is_meant(words, position, length, shouted):
                    found.append(NamedPlace(place, start, end))
                    position += length - 1
                    break
            position += 1
        # “Catania, Sicily”: the region only says where the town is.
        towns = [named for named in found if named.place.latitude is not None]
        return [named for named in found if not (towns and named.place.is_region)]

    def _is_meant(self, words: list[tuple[str, int, int]], position: int, length: int, shouted: bool) -> bool:
        """Whether the words are meant as a place: “Sale” and “None” are towns, “sale” and “none” seldom are."""
        if length > 1:
            return True
        word = words[position][0]
        led_in = position > 0 and words[position - 1][0].lower() in self._leading
        if word.lower() in self._common:
            written = word[0].isupper() and not shouted and position > 0
            return led_in and written
        return led_in or word[0].isupper() or len(words) <= 4 or len(word) >= 5
