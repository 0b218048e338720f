"""Days and periods. A day is its number in the calendar (1 is 0001-01-01): most arithmetic is addition."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from functools import lru_cache

Day = int
Span = tuple[Day, Day]  # the first and the last day that a date, full or partial, stands for

# The calendar ends with the year 9999. What would come later is this one day, which never comes.
BEYOND = date.max.toordinal() + 1

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@lru_cache(maxsize=100_000)
def span(text: str) -> Span | None:
    """The days a date stands for: one for 2026-11-20, thirty for 2026-11; None if there is no such date."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (None if part is None else int(part) for part in found.groups())
    assert year is not None  # the pattern begins with it
    try:
        first = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if day is not None:
        return first.toordinal(), first.toordinal()
    last_month = 12 if month is None else month
    last = date(year, last_month, monthrange(year, last_month)[1])
    return first.toordinal(), last.toordinal()


def full_date(text: str) -> date | None:
    """The day that exactly YYYY-MM-DD names; None for anything else."""
    days = span(text) if len(text) == len("YYYY-MM-DD") else None
    return date.fromordinal(days[0]) if days else None


class Period:
    """A waiting period: calendar months, or days."""

    def __init__(self, months: int = 0, days: int = 0):
        self.months = months
        self.days = days
        # The first and last of the days this long after those of a date. The same dates come again and again.
        self.after_span = lru_cache(maxsize=10_000)(self._after_span)

    @classmethod
    def of(cls, number: int, unit: str) -> Period:
        """A period in the units of the rules: days, weeks, months or years."""
        units = {"days": cls(days=1), "weeks": cls(days=7), "months": cls(months=1), "years": cls(months=12)}
        if unit not in units:
            raise ValueError(f"{unit} is no unit of time")
        return cls(number * units[unit].months, number * units[unit].days)

    def after(self, day: Day) -> Day:
        """The day this long after another: the same day of the month, or the last where that is shorter."""
        if self.months:
            day = _months_after(day, self.months)
        return min(day + self.days, BEYOND)

    def _after_span(self, days: Span) -> Span:
        first, last = days
        return self.after(first), self.after(last)


@lru_cache(maxsize=100_000)
def _months_after(day: Day, months: int) -> Day:
    start = date.fromordinal(day)
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        return BEYOND
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()
