"""The trial's centres: which are in a town, which town's is nearest, who leads one (registry record, locations)."""

from __future__ import annotations

from dataclasses import dataclass

from actions.trial import Site, Trial
from understanding.places import Place, distance_km


@dataclass(frozen=True)
class Town:
    """A town with one centre or more."""

    sites: tuple[Site, ...]

    @property
    def place(self) -> Place:
        """Where it is."""
        site = self.sites[0]
        return Place(site.town["en"], "", site.latitude, site.longitude)

    def name(self, language: str) -> str:
        """Its name in a language."""
        return self.sites[0].town[language]

    @property
    def leads(self) -> list[str]:
        """The doctors who lead its centres."""
        return [site.lead for site in self.sites]


def towns(trial: Trial) -> list[Town]:
    """The towns with a centre, in the order of the record."""
    by_town: dict[str, list[Site]] = {}
    for site in trial.sites:
        by_town.setdefault(site.town["en"], []).append(site)
    return [Town(tuple(sites)) for sites in by_town.values()]


def town_named(trial: Trial, name: str) -> Town | None:
    """The town of that name, in any language, if it has a centre."""
    for town in towns(trial):
        if name.lower() in {known.lower() for known in town.sites[0].town.values()}:
            return town
    return None


def towns_in(trial: Trial, region: str) -> list[Town]:
    """The towns of a region, by its name in any language, that have a centre."""
    return [
        town for town in towns(trial) if region.lower() in {known.lower() for known in town.sites[0].region.values()}
    ]


def nearest_town(trial: Trial, place: Place) -> tuple[Town, float]:
    """The town with a centre that is nearest to a place, and its distance in a straight line, in kilometres."""
    distances = [(distance_km(place, town.place), number) for number, town in enumerate(towns(trial))]
    distance, number = min(distances)
    return towns(trial)[number], distance


def site_of(trial: Trial, person: str) -> Site | None:
    """The centre that a person leads or is a contact of."""
    return next((site for site in trial.sites if person in (site.lead, *site.contacts)), None)
