"""People's own words are read as the answers they are, and what is doubtful is not read at all."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.reading import AnswerReader, Command, CommandReader, NotUnderstood, Reading, Skipped, Understood

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LANGUAGES = sorted(folder.name for folder in HERE.iterdir() if (folder / "yes_no.yml").exists())
ON = datetime.date(2026, 11, 20)
ANSWERS = {language: AnswerReader.load(ROOT / "lexicon", language) for language in LANGUAGES}
COMMANDS = {language: CommandReader.load(ROOT / "lexicon", language) for language in LANGUAGES}


def load(language: str, name: str) -> Any:
    return yaml.safe_load((HERE / language / f"{name}.yml").read_text(encoding="utf-8"))


def expected(case: dict[str, Any]) -> Reading:
    if "fault" in case:
        return NotUnderstood(case["fault"])
    return Skipped(case["skipped"]) if "skipped" in case else Understood(case["value"])


def each(name: str) -> Iterator[Any]:
    """Language, text and case, for every text of a list of cases."""
    for language in LANGUAGES:
        data = load(language, name)
        for case in data["cases"]:
            for text in case["texts"]:
                yield pytest.param(language, str(text), {**data, **case}, id=f"{language}-{text}")


def dated() -> Iterator[Any]:
    for language in LANGUAGES:
        data = load(language, "dates")
        parts = [
            ("event", Understood),
            ("not", NotUnderstood),
            ("skipped", Skipped),
            ("date", Understood),
            ("date_not", NotUnderstood),
        ]
        for part, outcome in parts:
            for value, texts in data[part].items():
                for text in texts:
                    is_event = not part.startswith("date")
                    yield pytest.param(language, str(text), is_event, outcome(value), id=f"{language}-{part}-{text}")


def laboratory(case: dict[str, Any]) -> Reading:
    if "value" not in case:
        return expected(case)
    value, unit, *limit = case["value"].replace("limit ", "").split(" ")
    answer = {"value": Decimal(value), "unit": unit}
    return Understood({**answer, "upper_limit": Decimal(limit[0])} if limit else answer)


@pytest.mark.parametrize(("language", "text", "case"), each("yes_no"))
def test_yes_and_no(language: str, text: str, case: dict[str, Any]) -> None:
    """Yes and no are understood in many words, and never guessed."""
    assert ANSWERS[language].boolean(text, case.get("about", ()), case.get("says")) == expected(case)


@pytest.mark.parametrize(("language", "text", "case"), each("integers"))
def test_whole_numbers(language: str, text: str, case: dict[str, Any]) -> None:
    """A whole number is read in figures and words, within its range."""
    assert ANSWERS[language].integer(text, *case["range"], never=case.get("never")) == expected(case)


@pytest.mark.parametrize(("language", "text", "is_event", "outcome"), dated())
def test_dates(language: str, text: str, is_event: bool, outcome: Reading) -> None:
    """A date is read as exactly as it was said, and no more so."""
    assert ANSWERS[language].date(text, ON, event=is_event) == outcome


@pytest.mark.parametrize(("language", "text", "case"), each("choices"))
def test_choices(language: str, text: str, case: dict[str, Any]) -> None:
    """A choice is recognised by its phrases, typing errors and all."""
    forms = {value: [str(form) for form in forms] for value, forms in case["questions"][case["question"]].items()}
    assert ANSWERS[language].choice(text, forms) == expected(case)


@pytest.mark.parametrize(("language", "text", "case"), each("blood_pressure"))
def test_blood_pressures(language: str, text: str, case: dict[str, Any]) -> None:
    """A blood pressure is two numbers, the higher one first or each with its name."""
    assert ANSWERS[language].blood_pressure(text) == expected(case)


@pytest.mark.parametrize(("language", "text", "case"), each("labs"))
def test_laboratory_results(language: str, text: str, case: dict[str, Any]) -> None:
    """A result is read with its unit and limit; a unit is assumed only where no other is possible."""
    lab = case["labs"][case["lab"]]
    plausible = {unit: (Decimal(low), Decimal(high)) for unit, (low, high) in lab["plausible"].items()}
    assert ANSWERS[language].lab(text, lab["units"], lab["usual"], plausible) == laboratory(case)


@pytest.mark.parametrize(
    ("language", "text", "case"),
    [
        pytest.param(language, text, case, id=f"{language}-{text}")
        for language in LANGUAGES
        for case in load(language, "labs")["numbers"]
        for text in case["texts"]
    ],
)
def test_upper_limits(language: str, text: str, case: dict[str, Any]) -> None:
    """The laboratory's upper limit is a bare number, or repeats its unit."""
    within = (Decimal(case["within"][0]), Decimal(case["within"][1])) if "within" in case else None
    outcome = Understood(Decimal(case["value"])) if "value" in case else expected(case)
    assert ANSWERS[language].number(text, case.get("unit"), case.get("units", ()), within) == outcome


@pytest.mark.parametrize("language", LANGUAGES)
def test_corrections(language: str) -> None:
    """A correction is parted from what it says instead."""
    cases = load(language, "corrections")
    read = {text: ANSWERS[language].correction(text) for text in [*cases["corrections"], *map(str, cases["none"])]}
    assert read == {**cases["corrections"], **{str(text): None for text in cases["none"]}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_exchanges(language: str) -> None:
    """What is to stand instead of what is told apart; of a message that says no such thing, nothing."""
    cases = load(language, "corrections")
    read = {text: ANSWERS[language].exchange(text) for text in [*cases["exchanges"], *map(str, cases["none"])]}
    exchanges = {text: tuple(pair) for text, pair in cases["exchanges"].items()}
    assert read == {**exchanges, **{str(text): None for text in cases["none"]}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_of_a_date_is_put_right(language: str) -> None:
    """What puts a part of a date right leaves the rest of it as it was."""
    for before, said in load(language, "dates")["put_right"].items():
        for text, value in said.items():
            assert ANSWERS[language].date(text, ON, event=False, before=before) == Understood(value), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_roughly_a_date_was_said(language: str) -> None:
    """Of a date that was told in weeks, the day that it comes to is kept beside the month, and how exact it is."""
    for text, about in load(language, "dates")["roughly"].items():
        read = ANSWERS[language].date(text, ON, event=False)
        assert isinstance(read, Understood)
        assert read.about == (tuple(about) if about else None), text


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [
        pytest.param(language, str(text), kind, id=f"{language}-{kind}-{text}")
        for language in LANGUAGES
        for kind, texts in {
            **load(language, "commands")["commands"],
            "": load(language, "commands")["none"],
        }.items()
        for text in texts
    ],
)
def test_commands(language: str, text: str, command: str) -> None:
    """A command is recognised as a whole message, and no answer is taken for one."""
    names = load(language, "commands")["names"]
    kind, _, key = command.strip().partition(" ")
    assert COMMANDS[language].read(text, names) == (Command(kind, key or None) if kind else None)  # type: ignore[arg-type]


# --- any text at all ---

LABS = {unit: (Decimal(1), Decimal(100)) for unit in ("g/dL", "g/L")}
READERS: list[Callable[[AnswerReader, str], Reading]] = [
    lambda reader, text: reader.boolean(text),
    lambda reader, text: reader.integer(text, 0, 120),
    lambda reader, text: reader.date(text, ON, event=True),
    lambda reader, text: reader.choice(text, {"female": ["woman"], "male": ["man"]}),
    lambda reader, text: reader.blood_pressure(text),
    lambda reader, text: reader.lab(text, ["g/dL", "g/L"], "g/dL", LABS),
    lambda reader, text: reader.number(text),
]
WORDS = [
    "no",
    "yes",
    "never",
    "3",
    "13,5",
    "1.234,5",
    "31/02/2026",
    "the",
    "4th",
    "may",
    "of",
    "last",
    "year",
    "ago",
    "two",
    "months",
    "twenty",
    "hundred",
    "thousand",
    "half",
    "a",
    "point",
    "and",
    "over",
    "/",
    "-",
    "(",
    ")",
    "<",
    "limit",
    "g/dl",
    "x10^9/L",
    "in",
    "on",
    "2019",
    "exactly",
    "about",
    "minus",
    "·",
    "'",
    ".",
    ",",
    "sorry",
    "i",
    "meant",
    "first",
    "christmas",
    "summer",
    "week",
    "tuesday",
    "next",
    "00",
    "9999-99-99",
    "1/1/0",
    "half",
    "a",
    "century",
]
texts = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join))


@given(texts)
def test_any_text(text: str) -> None:
    """Whatever somebody types, there is an answer, and never a date to come."""
    for language in LANGUAGES:
        for read in READERS:
            assert isinstance(read(ANSWERS[language], text), (Understood, NotUnderstood, Skipped))
        found = ANSWERS[language].date(text, ON, event=False)
        assert not isinstance(found, Understood) or found.value <= ON.isoformat()
        assert ANSWERS[language].correction(text) is None or text
        COMMANDS[language].read(text, {"age": ["age"]})


@pytest.mark.parametrize(
    "text", ["9" * 30 + " and a half", "13 point ፩", "· · ·", "1·2·3", "9" * 999, "0/0/0", "minus"]
)
def test_odd_numbers(text: str) -> None:
    """Numbers that are none, or have far too many figures, are read as nothing."""
    for language in LANGUAGES:
        for read in READERS:
            assert isinstance(read(ANSWERS[language], text), (NotUnderstood, Understood))


@pytest.mark.parametrize(
    "piece",
    [
        "hospitl ",
        "3 ",
        "no ",
        "seventytwo ",
        "twenty",
        "a",
        "1,",
        "1.1",
        "may ",
        "- ",
        "🙂",
        "don't know ",
        "what is ",
    ],
)
def test_long_texts(piece: str) -> None:
    """A thousand characters are read at once."""
    text = (piece * 1000)[:1000]
    for language in LANGUAGES:
        for read in [*READERS, lambda _, text: COMMANDS[language].read(text, {"age": ["age"]})]:  # noqa: B023
            start = time.perf_counter()
            read(ANSWERS[language], text)
            assert time.perf_counter() - start < 0.5
