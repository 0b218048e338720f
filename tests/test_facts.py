"""The facts of the trial: where each is from, and the figures that are often got wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

import pytest

from actions.trial import FOLDER, Trial, read_yaml, trial
from actions.wording import placeholders

SOURCES = {"registry", "publication", "background"}
VALUES = {"number", "text", "date"}


def leaves(facts: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every fact with its dotted name."""
    for name, entry in facts.items():
        if "source" in entry:
            yield ".".join((*above, name)), entry
        else:
            yield from leaves(entry, (*above, name))


def texts(entry: Any) -> Iterator[str]:
    """Every text in a file of texts."""
    if isinstance(entry, Mapping):
        yield from chain.from_iterable(texts(part) for part in entry.values())
    elif isinstance(entry, str):
        yield entry


FACTS = dict(leaves(read_yaml(FOLDER / "facts.yml")))


def number(name: str) -> Any:
    """The number of a fact."""
    return FACTS[name]["number"]


@pytest.fixture
def known() -> Trial:
    """All that is known of the trial."""
    return trial()


@pytest.mark.parametrize("name", FACTS)
def test_sourced(name: str) -> None:
    """Every fact says which source it is from, and is one number, text or date."""
    fact = FACTS[name]
    sources = fact["source"] if isinstance(fact["source"], list) else [fact["source"]]
    assert sources
    assert set(sources) <= SOURCES
    assert len(VALUES & set(fact)) == 1
    assert set(fact) <= VALUES | {"source", "unit"}
    assert ("unit" in fact) == ("number" in fact)


@pytest.mark.parametrize("name", [name for name, fact in FACTS.items() if "date" in fact])
def test_dates(name: str) -> None:
    """A date is a day or a month that exists."""
    year, month, *day = (int(part) for part in FACTS[name]["date"].split("-"))
    assert date(year, month, *day or [1])


def test_units(known: Trial) -> None:
    """Every unit can be said in every language, of one and of several."""
    limits = (value for values in known.facts["criteria"].values() for value in values.values())
    units = {fact["unit"] for fact in (*FACTS.values(), *limits) if "unit" in fact}
    for language in known.languages:
        said = known.texts[language].units
        assert units <= set(said)
        assert all("{n}" in said[unit]["other"] and said[unit]["one"] for unit in units)


def test_said(known: Trial) -> None:
    """Every fact is said in some text: none is left over."""
    used = {
        placeholder.removesuffix(".number")
        for language in known.languages
        for entry in chain(known.texts[language].answers.values(), known.texts[language].glossary.values())
        for text in texts(entry)
        for placeholder in placeholders(text)
    }
    # "emergency.number" and the trial's own numbers are names of facts that end like the word for a bare number.
    used |= {f"{name}.number" for name in used}
    # The country is compared with, not said.
    assert set(FACTS) - {"sites.country"} <= used


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("dose.single", 400, ["registry", "publication"]),
        ("dose.per_day", 800, ["registry", "publication"]),
        ("duration.at_most", 52, "publication"),
        ("enrolment.planned", 132, "registry"),
        ("enrolment.screened", 76, "publication"),
        ("enrolment.randomised", 69, "publication"),
        ("enrolment.observation", 36, "publication"),
        ("enrolment.sorafenib", 33, "publication"),
        ("sites.centres", 14, "registry"),
        ("results.observation.median", 37, "publication"),
        ("results.observation.interval_from", 20, "publication"),
        ("results.observation.months_12", 74, "publication"),
        ("results.observation.months_24", 59, "publication"),
        ("results.observation.months_36", 50, "publication"),
        ("results.sorafenib.median", 21, "publication"),
        ("results.sorafenib.interval_from", 11, "publication"),
        ("results.sorafenib.months_12", 63, "publication"),
        ("results.sorafenib.months_24", 49, "publication"),
        ("results.sorafenib.months_36", 41, "publication"),
        ("results.p_value", "0.404", "publication"),
        ("results.follow_up", 38, "publication"),
        ("side_effects.sorafenib.any", 84, "publication"),
        ("side_effects.observation.any", 31, "publication"),
        ("side_effects.sorafenib.severe", 22, "publication"),
        ("side_effects.observation.severe", 3, "publication"),
        ("side_effects.sorafenib.stopped", 19, "publication"),
    ],
)
def test_figures(name: str, value: object, source: object) -> None:
    """The figures are those of the sources."""
    assert (FACTS[name]["number"], FACTS[name]["source"]) == (value, source)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dates.report.start", "2012-11"),
        ("dates.report.end", "2017-11"),
        ("dates.report.published", "2019-11"),
        ("dates.registry.start", "2011-12"),
        ("dates.registry.main_data_end", "2017-03"),
        ("dates.registry.expected_end", "2019-09"),
        ("dates.registry.last_updated", "2017-03-20"),
    ],
)
def test_when(name: str, value: str) -> None:
    """Each source keeps its own dates."""
    assert FACTS[name]["date"] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact.central.phone", "+39 02 2390 4450"),
        ("contact.milan.phone", "+39 02 2390 2557"),
        ("trial.number", "NCT01444807"),
    ],
)
def test_whom_to_call(name: str, value: str) -> None:
    """The telephone numbers and the trial's number are the record's."""
    assert FACTS[name]["text"] == value


def test_adds_up() -> None:
    """Figures that follow from others agree with them."""
    assert number("dose.per_day") == number("dose.single") * number("dose.times_a_day")
    assert number("enrolment.randomised") == number("enrolment.observation") + number("enrolment.sorafenib")
    assert number("enrolment.not_randomised") == number("enrolment.screened") - number("enrolment.randomised")


def test_centres(known: Trial) -> None:
    """The centres are as many as the facts say, in as many towns, Milan first and Rome twice."""
    towns = [site.town["en"] for site in known.sites]
    assert len(towns) == number("sites.centres")
    assert len(set(towns)) == number("sites.towns")
    assert towns[0] == "Milan"
    assert [site.lead for site in known.sites if site.town["en"] == "Rome"] == [
        "Enrico Cortesi",
        "Francesco Cognetti",
    ]
    assert len({site.id for site in known.sites}) == len(known.sites)


def test_centre_telephone(known: Trial) -> None:
    """Milan alone has a number of its own; it is a fact."""
    assert [(site.id, site.phone) for site in known.sites if site.phone] == [("milan", "contact.milan.phone")]
    assert "contact.milan.phone" in FACTS


def test_centres_on_the_map(known: Trial) -> None:
    """Every centre lies in Italy and has a name in every language."""
    for site in known.sites:
        assert 36 < site.latitude < 47.5
        assert 6.5 < site.longitude < 18.6
        assert set(known.languages) <= set(site.town)
