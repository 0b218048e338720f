"""Which picture goes with an answer, and what it says to those who cannot see it.

The pictures are data: trial/pictures.yml, with the texts of trial/<language>/pictures.yml. They are drawn by
web.pictures; here is only what a reply tells of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from actions.centres import Town, towns
from actions.trial import FOLDER, Trial, read_yaml, trial
from actions.wording import Wording

#: Where the patient's page serves them, on Rasa's own address.
PLACE = "/webhooks/page/pictures/"
#: The kind of picture in which a centre can be marked.
MAP = "map"
#: Between the name of a map and that of the centre marked in it: “centres-rome”.
MARKED = "-"


class NoSuchPicture(LookupError):
    """There is no picture of that name."""


@dataclass(frozen=True)
class Figure:
    """A picture as a reply names it.

    Attributes:
        name: in trial/pictures.yml, with the centre that is marked.
        alternative: says in words all that it shows.
    """

    name: str
    alternative: str

    def custom(self) -> dict[str, str]:
        """As in the reply's `custom` object."""
        return {"address": f"{PLACE}{self.name}.svg", "alternative": self.alternative}


class Figures:
    """The pictures of one language: what they show, and their words.

    Attributes:
        drawn: by name, what each shows.
        texts: what is said in and beside them.
    """

    def __init__(self, trial: Trial, language: str, folder: Path = FOLDER) -> None:
        self.language = language
        self.wording = Wording(trial, language)
        self.drawn: Mapping[str, Any] = read_yaml(folder / "pictures.yml")
        self.texts: Mapping[str, Any] = read_yaml(folder / language / "pictures.yml")
        self.towns = towns(trial)

    @property
    def names(self) -> list[str]:
        """The pictures there are; a map also with each of the towns marked."""
        marked = [town.sites[0].id for town in self.towns]
        return [
            name
            for plain, drawn in self.drawn.items()
            for name in (plain, *(f"{plain}{MARKED}{town}" for town in marked if drawn["kind"] == MAP))
        ]

    def of_topic(self, topic: str, town: Town | None = None) -> Figure | None:
        """The picture that goes with an answer, if there is one.

        Args:
            topic: as in trial/topics.yml.
            town: to be marked in a map.
        """
        for name, drawn in self.drawn.items():
            if topic in drawn["topics"]:
                mark = f"{MARKED}{town.sites[0].id}" if town and drawn["kind"] == MAP else ""
                return self.figure(name + mark)
        return None

    def figure(self, name: str) -> Figure:
        """A picture by its name.

        Raises:
            NoSuchPicture: if there is none of that name.
        """
        if name not in self.names:
            raise NoSuchPicture(name)
        town = self.marked(name)
        texts = self.texts["pictures"][name.partition(MARKED)[0]]
        given = {"towns": self.wording.listed([town.name(self.language) for town in self.towns])}
        if town:
            given["town"] = town.name(self.language)
        return Figure(name, self.wording.fill(texts["alternative_nearest" if town else "alternative"], given))

    def marked(self, name: str) -> Town | None:
        """The town that is marked in a map of that name."""
        marked = name.partition(MARKED)[2]
        return next((town for town in self.towns if town.sites[0].id == marked), None)


@lru_cache(maxsize=8)
def figures(language: str) -> Figures:
    """The pictures of a language, read once."""
    return Figures(trial(), language)
