"""Facts are said in words: with their units, as the language writes numbers and dates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from actions.trial import TrialDataError, read_trial
from actions.wording import Wording, placeholders

TRIAL = read_trial()


@pytest.fixture
def wording() -> Wording:
    """English wording."""
    return Wording(TRIAL, "en")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{dose.single}", "400 mg"),
        ("{dose.single.number}", "400"),
        ("{dates.report.start}", "November 2012"),
        ("{dates.registry.last_updated}", "20 March 2017"),
        ("{contact.central.phone}", "+39 02 2390 4450"),
        ("{results.p_value}", "0.404"),
        ("{results.observation.months_12}", "74 in every 100"),
        ("{criteria.I10.at_least}", "100,000 per mm³"),
        ("{P03.at_most}", "12 weeks"),
        ("{labs.within}", "7 days"),
        ("no placeholder", "no placeholder"),
        ("  {dose.single} and {dose.per_day}\n", "400 mg and 800 mg"),
    ],
)
def test_filled(wording: Wording, text: str, said: str) -> None:
    """A placeholder becomes its fact, with its unit unless the bare number is asked for."""
    assert wording.fill(text) == said


def test_a_rule_knows_its_own_values(wording: Wording) -> None:
    """In the text of a rule a bare name is a value of that rule; of another rule it is another value."""
    assert wording.fill("{at_least}", criterion="I01") == "18 years"
    assert wording.fill("{at_least}", criterion="I07") == "12 weeks"
    assert wording.fill("{above}", criterion="I08") == "9.0 g/dL"


def test_the_situation_fills_in(wording: Wording) -> None:
    """What the question gives is filled in; what looks like a placeholder in it is left as it is."""
    assert wording.fill("in {town}", {"town": "{dose.single}"}) == "in {dose.single}"


@pytest.mark.parametrize("text", ["{dose.triple}", "{town}", "{at_least}", "{dose.single.number.more}", "{}x{nothing}"])
def test_an_unknown_placeholder_is_refused(wording: Wording, text: str) -> None:
    """A placeholder that names no fact is refused by name: nothing half filled is ever said."""
    with pytest.raises(TrialDataError, match=r"A text names \{.+\}, which is no fact"):
        wording.fill(text)


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("1", "months", "1 month"),
        ("0", "months", "0 months"),
        ("37", "months", "37 months"),
        ("1500", "/mm3", "1,500 per mm³"),
        ("9.0", "g/dL", "9.0 g/dL"),
        ("0.404", "plain", "0.404"),
        ("2", "times_a_day", "2 times a day"),
    ],
)
def test_quantities(wording: Wording, number: str, unit: str, said: str) -> None:
    """One is said otherwise than several; decimals are kept as they were written."""
    assert wording.quantity(Decimal(number), unit) == said


@pytest.mark.parametrize(
    ("written", "said"), [("2012", "2012"), ("2012-11", "November 2012"), ("2012-11-05", "5 November 2012")]
)
def test_days(wording: Wording, written: str, said: str) -> None:
    """A year, a month and a day are each said as exactly as they are known."""
    assert wording.day(written) == said


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(wording: Wording, words: list[str], said: str) -> None:
    """Words in a row are joined as people write them."""
    assert wording.listed(words) == said


def test_placeholders() -> None:
    """The placeholders of a text are found in their order."""
    assert placeholders("{a.b} and {c}, {a.b}") == ["a.b", "c", "a.b"]
    assert placeholders("none") == []
