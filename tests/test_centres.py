"""The centres: which are in a town, which is nearest, who leads one."""

from __future__ import annotations

import pytest

from actions.centres import nearest_town, site_of, town_named, towns, towns_in
from actions.trial import read_trial
from understanding.places import Place

TRIAL = read_trial()


def test_towns() -> None:
    """Two centres of one town are one town; the order is the record's."""
    names = [town.name("en") for town in towns(TRIAL)]
    assert len(names) == len(set(names))
    assert sum(len(town.sites) for town in towns(TRIAL)) == len(TRIAL.sites)
    assert names[0] == "Milan"


@pytest.mark.parametrize("name", ["Rome", "rome", "Roma", "ROMA"])
def test_a_town_with_two_centres(name: str) -> None:
    """Rome is found under each of its names, with both its doctors."""
    town = town_named(TRIAL, name)
    assert town
    assert town.leads == ["Enrico Cortesi", "Francesco Cognetti"]


def test_names_of_a_town() -> None:
    """A town is called as the language calls it."""
    town = town_named(TRIAL, "Florence")
    assert town
    assert (town.name("en"), town.name("it")) == ("Florence", "Firenze")


@pytest.mark.parametrize("name", ["Turin", "", "Rom", "Milan "])
def test_no_centre(name: str) -> None:
    """A town without a centre is not found, nor is half a name."""
    assert town_named(TRIAL, name) is None


@pytest.mark.parametrize(
    ("region", "inside"),
    [
        ("Apulia", ["Brindisi", "Lecce", "San Giovanni Rotondo"]),
        ("Puglia", ["Brindisi", "Lecce", "San Giovanni Rotondo"]),
        ("lombardy", ["Milan", "Brescia", "Cremona"]),
        ("Lazio", ["Rome"]),
        ("Calabria", []),
    ],
)
def test_towns_of_a_region(region: str, inside: list[str]) -> None:
    """The towns of a region with a centre, under each name of the region, in the order of the record."""
    assert [town.name("en") for town in towns_in(TRIAL, region)] == inside


@pytest.mark.parametrize(
    ("place", "nearest", "about"),
    [
        (Place("Bergamo", "IT", 45.695, 9.67), "Milan", 45),
        (Place("Bari", "IT", 41.117, 16.872), "Brindisi", 105),
        (Place("Turin", "IT", 45.070, 7.687), "Alba", 50),
        (Place("Catania", "IT", 37.502, 15.087), "Palermo", 168),
        (Place("Sassari", "IT", 40.727, 8.56), "Cagliari", 174),
        (Place("Milan", "IT", 45.464, 9.190), "Milan", 0),
    ],
)
def test_nearest(place: Place, nearest: str, about: int) -> None:
    """The nearest town with a centre is found, with its distance in a straight line."""
    town, distance = nearest_town(TRIAL, place)
    assert town.name("en") == nearest
    assert distance == pytest.approx(about, abs=6)


def test_nearest_to_a_country() -> None:
    """Nothing is nearest to a country."""
    with pytest.raises(ValueError, match="No coordinates for Germany"):
        nearest_town(TRIAL, Place("Germany", "DE"))


@pytest.mark.parametrize(
    ("person", "site"),
    [
        ("Alfredo Berruti", "brescia"),
        ("Michele Milella", "rome_cognetti"),
        ("Elena Verzoni", "milan"),
        ("Giuseppe Procopio", "milan"),
    ],
)
def test_site_of(person: str, site: str) -> None:
    """A doctor's centre is found, whether the doctor leads it or is a contact there."""
    found = site_of(TRIAL, person)
    assert found
    assert found.id == site


def test_nobody_known() -> None:
    """A name that the record does not have belongs to no centre."""
    assert site_of(TRIAL, "Mario Rossi") is None
