"""What is known about the trial: the data of the folder trial/, read once.

Nothing here knows what the trial is about; another trial is another folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from conversations.retention import keep_days, keep_hours

FOLDER = Path(__file__).resolve().parent.parent / "trial"


#: The files of a language, in the order of ``Texts``.
TEXTS = ("answers", "criteria", "glossary", "phrases", "units", "questions", "prescreen", "sharing")


class TrialDataError(ValueError):
    """A file under trial/ is not as it should be; the message names the file and the entry."""


@dataclass(frozen=True)
class Topic:
    """Something that can be asked about.

    Attributes:
        name: in snake case; the intent has the same name.
        kind: the kind of the reply (chat.md's table).
        sources: what an answer rests on: registry, publication, background.
        next: topics offered after it.
        places: whether a town named in the question narrows the answer.
        criterion: the entry rule that it is about, for the few topics that are about one.
    """

    name: str
    kind: str
    sources: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    places: bool = False
    criterion: str | None = None


@dataclass(frozen=True)
class Site:
    """A centre of the trial, as in the registry record; coordinates are those of its town."""

    id: str
    town: Mapping[str, str]
    region: Mapping[str, str]
    lead: str
    latitude: float
    longitude: float
    name: str | None = None
    contacts: tuple[str, ...] = ()
    phone: str | None = None


@dataclass(frozen=True)
class Texts:
    """Every text of one language that a person reads."""

    answers: Mapping[str, Mapping[str, Any]]
    criteria: Mapping[str, Mapping[str, Any]]
    glossary: Mapping[str, Mapping[str, Any]]
    phrases: Mapping[str, str]
    units: Mapping[str, Mapping[str, str]]
    questions: Mapping[str, Mapping[str, Any]]
    prescreen: Mapping[str, Any]
    sharing: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """The trial's data."""

    languages: tuple[str, ...]
    topics: Mapping[str, Topic]
    facts: Mapping[str, Any]
    criteria: Mapping[str, Mapping[str, Any]]
    sites: tuple[Site, ...]
    texts: Mapping[str, Texts]
    follow_ups: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def language(self) -> str:
        """The language that is spoken until somebody asks for another."""
        return self.languages[0]

    def spoken(self, chosen: object) -> str:
        """The language that was chosen, if it is spoken here; else the usual one."""
        return chosen if isinstance(chosen, str) and chosen in self.languages else self.language


def read_yaml(path: Path) -> Any:
    """A YAML file.

    Raises:
        TrialDataError: if it is missing or is no YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise TrialDataError(f"{path.name} cannot be read: {error}") from error


def read_trial(folder: Path = FOLDER) -> Trial:
    """Reads the trial's data.

    Raises:
        TrialDataError: if a file is missing, is no YAML, or lacks what it must have.
    """
    languages = tuple(sorted((path.name for path in folder.iterdir() if path.is_dir()), key=_english_first))
    rules = read_yaml(folder / "criteria.yml")
    facts = read_yaml(folder / "facts.yml")
    facts["criteria"] = {rule["id"]: rule.get("values", {}) for rule in rules["criteria"]}
    facts["labs"] = rules["labs"]
    facts |= _kept()
    return Trial(
        languages,
        {name: _topic(name, entry) for name, entry in read_yaml(folder / "topics.yml").items()},
        facts,
        {rule["id"]: rule for rule in rules["criteria"]},
        tuple(_site(entry) for entry in read_yaml(folder / "sites.yml")),
        {language: _texts(folder / language) for language in languages},
        read_yaml(folder / "follow_ups.yml"),
    )


@lru_cache(maxsize=1)
def trial() -> Trial:
    """The trial that this assistant is about."""
    return read_trial()


def _kept() -> dict[str, Any]:
    """How long what people say is kept, as facts: they are set where the assistant runs, not in the trial's data."""
    return {
        "chat": {"kept": {"number": keep_hours(), "unit": "hours", "source": "background"}},
        "records": {"kept": {"number": keep_days(), "unit": "days", "source": "background"}},
    }


def _english_first(language: str) -> tuple[bool, str]:
    return language != "en", language


def _texts(folder: Path) -> Texts:
    return Texts(*(read_yaml(folder / f"{name}.yml") for name in TEXTS))


def _topic(name: str, entry: Mapping[str, Any]) -> Topic:
    if "kind" not in entry:
        raise TrialDataError(f"topics.yml: {name}: give it a kind.")
    return Topic(
        name,
        entry["kind"],
        tuple(entry.get("sources", ())),
        tuple(entry.get("next", ())),
        bool(entry.get("places")),
        entry.get("criterion"),
    )


def _site(entry: Mapping[str, Any]) -> Site:
    known = {"id", "town", "region", "lead", "latitude", "longitude", "name", "contacts", "phone"}
    if set(entry) - known:
        raise TrialDataError(f"sites.yml: {entry.get('id')}: unknown: {', '.join(sorted(set(entry) - known))}.")
    return Site(**{**entry, "contacts": tuple(entry.get("contacts", ()))})
