"""Days, partial dates, and months as the calendar has them."""

from datetime import date

import pytest

from actions.prescreen import trial
from actions.prescreen.days import BEYOND, Period, full_date, span


def days(*dates):
    return tuple(date(*day).toordinal() for day in dates)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-20", (2026, 11, 20), (2026, 11, 20)),
        ("2026-11", (2026, 11, 1), (2026, 11, 30)),
        ("2028-02", (2028, 2, 1), (2028, 2, 29)),
        ("2026", (2026, 1, 1), (2026, 12, 31)),
        ("0001", (1, 1, 1), (1, 12, 31)),
        ("9999-12", (9999, 12, 1), (9999, 12, 31)),
    ],
)
def test_a_date_stands_for_days(text, first, last):
    """A date stands for one day, or for every day of its month or year."""
    assert span(text) == days(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-",
        "2026-1",
        "2026-00",
        "2026-13",
        "2026-02-29",
        "2026-11-00",
        "0000",
        "20261120",
        "2026-11-20\n",
        " 2026",
    ],
)
def test_no_such_date(text):
    """What is no date of the calendar stands for nothing."""
    assert span(text) is None


def test_a_full_date_has_a_day():
    """The day of the screening is told in full."""
    assert full_date("2026-11-20") == date(2026, 11, 20)
    assert [full_date(text) for text in ("2026-11", "2026", "2026-11-31", "20261120", "2026-11-20 ")] == [None] * 5


@pytest.mark.parametrize(
    ("start", "number", "unit", "end"),
    [
        ((2026, 11, 30), 3, "months", (2027, 2, 28)),
        ((2027, 11, 30), 3, "months", (2028, 2, 29)),
        ((2026, 8, 31), 1, "months", (2026, 9, 30)),
        ((2026, 12, 31), 2, "months", (2027, 2, 28)),
        ((2024, 2, 29), 3, "years", (2027, 2, 28)),
        ((2024, 2, 29), 4, "years", (2028, 2, 29)),
        ((2026, 10, 24), 4, "weeks", (2026, 11, 21)),
        ((2026, 12, 31), 1, "days", (2027, 1, 1)),
    ],
)
def test_a_period_later(start, number, unit, end):
    """Months keep the day, or end at the month's last; weeks are seven days."""
    assert Period.of(number, unit).after(*days(start)) == days(end)[0]


def test_the_calendar_has_an_end():
    """A period that leads out of the calendar leads to a day that never comes."""
    [last] = days((9999, 12, 31))
    for number, unit in [(1, "days"), (4, "weeks"), (3, "months"), (3, "years")]:
        assert Period.of(number, unit).after(last) == BEYOND
    with pytest.raises(ValueError, match="fortnights is no unit of time"):
        Period.of(1, "fortnights")


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 31), date(9999, 11, 20)])
def test_the_first_and_the_last_days_of_the_calendar(on):
    """Even then there is a verdict; a wait that would end after the calendar helps nobody."""
    keys = trial().keys
    for text in (on.isoformat(), on.isoformat()[:7], on.isoformat()[:4]):
        verdict = trial().judge({key: text for key in keys.kinds if keys.is_date(key)}, on)
        assert all(not found.clears_on or on < found.clears_on <= date.max for found in verdict.criteria)
