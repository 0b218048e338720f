"""Towns and countries are found in what people write, and distances between them are right."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from understanding.emergency import EmergencyGate
from understanding.places import Gazetteer, Place, distance_km

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "lexicon"
COMMON = frozenset({"sale", "none", "como", "reading", "many", "what", "was", "the"})


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    """The places as English names them, with a few common words."""
    words = yaml.safe_load((LEXICON / "en" / "clauses.yml").read_text(encoding="utf-8"))
    return Gazetteer.load(LEXICON, "en", words["before_a_place"], COMMON)


def found(gazetteer: Gazetteer, text: str) -> list[str]:
    return [named.place.name for named in gazetteer.find(text)]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Is there a centre in Brescia?", ["Brescia"]),
        ("is there a centre in brescia", ["Brescia"]),
        ("IS THERE A CENTRE IN BRESCIA", ["Brescia"]),
        ("Brescia", ["Brescia"]),
        ("from Bergamo to Lecce", ["Bergamo", "Lecce"]),
        ("I live near San Giovanni Rotondo", ["San Giovanni Rotondo"]),
        ("Were there centres in Germany?", ["Germany"]),
        ("which hospital in sicily", ["Sicily"]),
        ("in Emilia Romagna", ["Emilia-Romagna"]),
        ("Catania, Sicily", ["Catania"]),
        ("What was the dose?", []),
        ("", []),
    ],
)
def test_found(gazetteer: Gazetteer, text: str, places: list[str]) -> None:
    """Towns and countries are found, whole, in small and capital letters."""
    assert found(gazetteer, text) == places


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the drug is for sale", False),
        ("none of them", False),
        ("como estas", False),
        ("I live in Sale", True),
        ("Is there one in Como?", True),
    ],
)
def test_common_words(gazetteer: Gazetteer, text: str, meant: bool) -> None:
    """A common word is a town only where it is written and led in like one."""
    assert bool(found(gazetteer, text)) is meant


def test_one_town_of_two_languages(gazetteer: Gazetteer) -> None:
    """A town is the same in the language of the country and in English."""
    assert found(gazetteer, "in Firenze") == found(gazetteer, "in Florence")
    assert len(found(gazetteer, "in Firenze")) == 1


def test_where_it_stands(gazetteer: Gazetteer) -> None:
    """The place is told with where it stands in the text."""
    (named,) = gazetteer.find("I live in Lecce now")
    assert (named.start, named.end) == (10, 15)


def test_by_name(gazetteer: Gazetteer) -> None:
    """A place is found by its name, whatever its letters; an unknown one is None."""
    assert gazetteer.get("milan") == gazetteer.get("MILAN") is not None
    assert gazetteer.get("Nowhere-on-Sea") is None


def test_distance() -> None:
    """Milan and Rome are 477 km apart in a straight line, either way; a place is not away from itself."""
    milan, rome = Place("Milan", "IT", 45.464, 9.190), Place("Rome", "IT", 41.903, 12.496)
    assert distance_km(milan, rome) == pytest.approx(477, abs=3)
    assert distance_km(rome, milan) == pytest.approx(distance_km(milan, rome))
    assert distance_km(milan, milan) == 0


def test_distance_of_a_country() -> None:
    """A country has no distance: that is said, with its name."""
    with pytest.raises(ValueError, match="No coordinates for Milan or Germany"):
        distance_km(Place("Milan", "IT", 45.464, 9.190), Place("Germany", "DE"))


def test_every_centre_is_in_the_gazetteer(gazetteer: Gazetteer) -> None:
    """Every town with a centre is found, under each of its names."""
    for site in yaml.safe_load((ROOT / "trial" / "sites.yml").read_text(encoding="utf-8")):
        for name in site["town"].values():
            assert gazetteer.find(f"Is there a centre in {name}?"), name


def test_every_centre_s_region_is_in_the_gazetteer(gazetteer: Gazetteer) -> None:
    """The region of every centre is found, under each of its names, as a region."""
    for site in yaml.safe_load((ROOT / "trial" / "sites.yml").read_text(encoding="utf-8")):
        for name in site["region"].values():
            (named,) = gazetteer.find(f"Is there a centre in {name}?")
            assert named.place.is_region, name


@pytest.mark.parametrize("asked", ["{}", "I live in {}, which centre was nearest?", "and in {}?"])
def test_a_name_is_no_emergency(asked: str) -> None:
    """No town with a centre, none of the larger towns and no doctor's name is taken for a cry for help."""
    gate = EmergencyGate.load(LEXICON)
    sites = yaml.safe_load((ROOT / "trial" / "sites.yml").read_text(encoding="utf-8"))
    names = {name for site in sites for name in site["town"].values()}
    names |= {person for site in sites for person in (site["lead"], *site.get("contacts", []))}
    for file in ("regions.tsv", "home.tsv", "abroad.tsv"):
        lines = (LEXICON / "places" / file).read_text(encoding="utf-8").splitlines()[1:]
        names |= {name for line in lines[:1000] for name in line.split("\t")[0].split("|")}
    assert [name for name in sorted(names) if gate.read(asked.format(name))] == []
