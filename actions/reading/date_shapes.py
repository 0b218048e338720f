"""The shapes of dates, as patterns of the letters that words are tagged with, and what they come to.

J numeric date    N number    O, o ordinal    Y, y year of four or two figures    M month    W weekday
U unit of time    D, K, P, R day, week, month or year counted back from today    C holiday
S season    s season in two years    A “ago”    F “from now”    I “in”    L “last”    T “this”    X “next”
E “exactly”    Q “about”    Z “I'm not sure”    V vague    B a bound, or one of several
H o'clock    a article    ~ from … to    - negative    z other
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Reason, Understood

SHORT_DAYS = 14  # a period of up to so many days is taken to be exact
WEEK = 7
SHORT_MONTHS = 24  # one of up to so many months names a month, a longer one a year
NEAR_FUTURE = 10  # years: '27 is 2027 rather than 1927
EARLIEST = 1900
MISSING = "000"  # of the parts of a numeric date
_UNITS = {
    "days": (1, 0),
    "weeks": (7, 0),
    "fortnights": (14, 0),
    "months": (0, 1),
    "years": (0, 12),
    "decades": (0, 120),
}


@dataclass(frozen=True)
class When:
    """What was said of a date. `fault`: it was said so that no date can be read from it."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    months_only: bool = False  # said only roughly: no day is taken from it
    about: tuple[datetime.date, int] | None = None  # the day that it comes to, and how many days around it may be meant
    past: bool = False  # “last September”: not the one that is going on
    fault: Reason | None = None


@dataclass(frozen=True)
class Tag:
    letter: str
    value: Any = None


Maker = Callable[["Calendar", Sequence[Tag]], When]


class Calendar:
    """The shapes of dates, and what they come to on a reference day."""

    def __init__(self, on: datetime.date, before: str | None = None) -> None:
        """`before` is a date of which what is said puts a part right."""
        self.on = on
        self._before = [int(part) for part in before.split("-")] if before else []

    def settle(self, tags: list[Tag]) -> Reading | None:
        letters = "".join(tag.letter for tag in tags)
        found, rest = self._match(tags, letters)
        exact, rough = "E" in rest, "Q" in rest or "Z" in rest
        if not found:
            return NotUnderstood("vague") if re.search(r"[VUSs]", rest) or re.search("B.*[MWY]", rest) else None
        faults: tuple[Reason, ...] = ("future", "no_such_date", "vague")
        for fault in faults:
            if any(when.fault == fault for when in found):
                return NotUnderstood(fault)
        if re.search(r"[BX~]", rest):
            return NotUnderstood("vague")
        if re.search(r"[N-](?!z)|V", rest):
            return UNREADABLE if re.search(r"[N-](?!z)", rest) else NotUnderstood("vague")
        whens = _joined(list(dict.fromkeys(found)))
        if len(whens) > 1:
            return NotUnderstood("several")
        if self._before and not re.search("[AFUDKP]", letters):
            amended = self._complete(self._amended(whens[0]), exact, rough)
            if isinstance(amended, Understood):
                return amended
        return self._complete(whens[0], exact, rough)

    def _amended(self, when: When) -> When:
        """With what was not said taken from the date before: “the 4th” after 3 October is of October."""
        year, month, day = (*self._before, None, None)[:3]
        if when.weekday is not None or (when.year is not None and when.month is not None):
            return when
        if when.month is not None:
            return replace(when, year=year, day=when.day or day)
        return replace(when, month=month, day=day) if when.year else replace(when, year=year, month=month)

    def _match(self, tags: list[Tag], letters: str) -> tuple[list[When], str]:
        found, rest, place = [], "", 0
        exactly = "E" in letters
        rough = "Q" in letters or "Z" in letters
        while place < len(letters):
            hits = [(hit.end(), maker) for shape, maker in _SHAPES if (hit := shape.match(letters, place))]
            if not hits:
                rest += letters[place]
                place += 1
                continue
            end, maker = max(hits, key=lambda hit: hit[0])
            self.exactly, self.rough = exactly, rough
            found.append(maker(self, tags[place:end]))
            place = end
        return found, rest

    # --- what each shape says ---

    def literal(self, tags: Sequence[Tag]) -> When:
        year, month, day = (None if part == MISSING else int(part) for part in tags[0].value)
        if year is not None and len(tags[0].value[0]) == 2:
            year = self.century(year)
        return When(year, month, day)

    def calendar(self, tags: Sequence[Tag]) -> When:
        """Day, month, year and weekday in any order, with “last”, “this”, “last year” and the like."""
        when = When()
        for tag in tags:
            if tag.letter == "N" and when.day is not None and when.month is not None:
                year = int(tag.value or 0)
                when = replace(when, year=self.century(year)) if 10 <= year < 100 else replace(when, fault="vague")
            elif tag.letter in "NOo":
                day = int(tag.value) if tag.value is not None and tag.value == int(tag.value) else 0
                when = replace(when, day=day) if day else replace(when, fault="no_such_date")
            elif tag.letter == "M":
                when = replace(when, month=tag.value)
            elif tag.letter == "W":
                when = replace(when, weekday=tag.value)
            elif tag.letter in "Yy":
                when = replace(when, year=self.century(tag.value) if tag.letter == "y" else tag.value)
            elif tag.letter == "C":
                when = replace(when, month=tag.value[0], day=tag.value[1])
            elif tag.letter == "L":
                when = replace(when, past=True)
            elif tag.letter == "X":
                when = replace(when, fault="future")
            elif tag.letter == "R":
                when = replace(when, year=self.on.year - tag.value)
            elif tag.letter == "T":
                when = replace(when, year=self.on.year) if when.month or any(t.letter == "M" for t in tags) else when
            elif tag.letter == "P":
                first = _months_back(self.on, tag.value)
                when = replace(when, year=first.year, month=first.month)
        return when

    def numeric(self, tags: Sequence[Tag]) -> When:
        day, month, year = (tag.value for tag in tags)
        if any(part is None or part != int(part) for part in (day, month)):
            return When(fault="no_such_date")
        return When(
            self.century(int(year)) if tags[2].letter in "Ny" and year < 100 else int(year),
            int(month),
            int(day),
        )

    def relative_days(self, tags: Sequence[Tag]) -> When:
        return self.days_back(tags[0].value)

    def relative_week(self, tags: Sequence[Tag]) -> When:
        """A whole week; with a weekday, that day of it."""
        back = next(tag.value for tag in tags if tag.letter == "K")
        weekday = next((tag.value for tag in tags if tag.letter == "W"), None)
        monday = self.on - datetime.timedelta(days=self.on.weekday() + 7 * back)
        if back < 0:
            return When(fault="future")
        if weekday is not None:
            day = monday + datetime.timedelta(days=weekday)
            return When(day.year, day.month, day.day)
        sunday = min(monday + datetime.timedelta(days=6), self.on)
        if monday.month != sunday.month:
            return When(fault="vague")
        half = (sunday - monday).days // 2
        return When(monday.year, monday.month, about=(sunday - datetime.timedelta(days=half), half))

    def season(self, tags: Sequence[Tag]) -> When:
        for tag in tags:
            if tag.letter == "s":
                return When(fault="vague")
        for tag in tags:
            if tag.letter == "Y":
                return When(tag.value)
            if tag.letter == "R":
                return When(self.on.year - tag.value)
        return When(fault="vague")

    def period(self, tags: Sequence[Tag]) -> When:
        """A period that ended today: “two months ago”, “one year and two months ago”."""
        days = months = Decimal(0)
        number: Decimal | None = Decimal(1)
        smallest, last = "years", "years"
        for place, tag in enumerate(tags):
            if tag.letter == "N":
                number = tag.value
                if (
                    place
                    and tags[place - 1].letter == "U"
                    and number == Decimal("0.5")
                    and tags[place + 1].letter != "U"
                ):
                    days, months = days + number * _UNITS[last][0], months + number * _UNITS[last][1]
                    smallest = "months"
            elif tag.letter == "U":
                if number is None or number < 0 or number > 5000:
                    return When(fault="vague")
                by_days, by_months = _UNITS[tag.value]
                days, months = days + number * by_days, months + number * by_months
                last = tag.value
                smallest = last if number == int(number) else "months"
                number = Decimal(1)
        today = any(tag.letter == "E" for tag in tags) or self.exactly
        back = _months_back(self.on, int(months))
        if months != int(months):
            back -= datetime.timedelta(days=15)
        back -= datetime.timedelta(days=min(int(days), 40_000))
        if back.year < EARLIEST:
            return When(fault="no_such_date")
        if today or (not months and days <= SHORT_DAYS and not self.rough and days == int(days)):
            return When(back.year, back.month, back.day)
        if smallest in ("years", "decades") or months > SHORT_MONTHS:
            return When(back.year)
        if months:
            return When(back.year, back.month)
        # “Six weeks ago” is meant to the week, “about six weeks ago” to one before or after it.
        by = max(_UNITS[smallest][0], 1) if days == int(days) else WEEK
        return When(back.year, back.month, about=(back, by if self.rough else by // 2))

    def nothing(self, tags: Sequence[Tag]) -> When:
        return When(fault="vague")

    def ahead(self, tags: Sequence[Tag]) -> When:
        return When(fault="future")

    # --- what it comes to ---

    def days_back(self, days: int) -> When:
        day = self.on - datetime.timedelta(days=days)
        return When(fault="future") if days < 0 else When(day.year, day.month, day.day)

    def century(self, year: int) -> int:
        """The year that two figures stand for."""
        base = self.on.year - self.on.year % 100
        return base + year if base + year <= self.on.year + NEAR_FUTURE else base - 100 + year

    def _complete(self, when: When, exact: bool, rough: bool) -> Reading:
        if when.day is None and when.weekday is not None:
            if when.month or when.year:
                return NotUnderstood("vague")
            back = (self.on.weekday() - when.weekday) % 7 or 7
            return self._checked(self.on - datetime.timedelta(days=back), "day", rough)
        if when.year is not None and not EARLIEST <= when.year <= 9999:
            return NotUnderstood("no_such_date")
        if when.month is not None and not 1 <= when.month <= 12:
            return NotUnderstood("no_such_date")
        if when.day is not None and not 1 <= when.day <= 31:
            return NotUnderstood("no_such_date")
        year, month = self._latest(when)
        if year is None:
            return NotUnderstood("no_such_date")
        if month is None:
            return self._checked(datetime.date(year, 1, 1), "year", rough)
        if when.day is None:
            read = self._checked(datetime.date(year, month, 1), "month", rough)
            if when.about and isinstance(read, Understood):
                return Understood(read.value, (when.about[0].isoformat(), when.about[1]))
            return read
        if when.day > monthrange(year, month)[1]:
            return NotUnderstood("no_such_date")
        day = datetime.date(year, month, when.day)
        if when.weekday is not None and day.weekday() != when.weekday:
            return NotUnderstood("no_such_date")
        return self._checked(day, "day", rough)

    def _latest(self, when: When) -> tuple[int | None, int | None]:
        """Year and month; the latest that are not to come, where they were not said."""
        if when.year is not None:
            return when.year, when.month
        candidates = [_months_back(self.on.replace(day=1), back) for back in range(0, 60)]
        for first in candidates:
            if when.month is not None and first.month != when.month:
                continue
            if when.day is None:
                if when.past and (first.year, first.month) == (self.on.year, self.on.month):
                    continue
                return first.year, first.month
            if when.day <= monthrange(first.year, first.month)[1] and first.replace(day=when.day) <= self.on:
                return first.year, first.month
        return None, None

    def _checked(self, first: datetime.date, exactness: str, rough: bool) -> Reading:
        if first > self.on:
            return NotUnderstood("future")
        form = {"day": "%m-%d", "month": "%m", "year": ""}["month" if rough and exactness == "day" else exactness]
        return Understood(f"{first.year:04d}" + (first.strftime("-" + form) if form else ""))


def _months_back(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return datetime.date(1, 1, 1)
    return datetime.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _joined(whens: list[When]) -> list[When]:
    """Two parts of one date made one: “in May … it was 2020”."""
    if len(whens) != 2:
        return whens
    one, other = sorted(whens, key=lambda when: when.year is not None)
    bare_year = other.year is not None and other.month is None and other.day is None and other.weekday is None
    if one.year is None and one.month is not None and bare_year:
        return [replace(one, year=other.year)]
    if one.day is None and one.weekday is not None and one.month is None and other.day is not None:
        return [replace(other, weekday=one.weekday)]
    if one.year is None and (one.month, one.day) == (other.month, other.day):
        return [other]
    # “in 2020, in May 2020”: the one is part of the other.
    if bare_year and one.year == other.year:
        return [one]
    return whens


_DAY = "(?:N|O|o)"
_YEARS = "(?:Y|y)"
_SHAPES: list[tuple[re.Pattern[str], Maker]] = [
    (re.compile(shape), maker)
    for shape, maker in (
        ("J", Calendar.literal),
        (f"W?{_DAY}W?M(?:{_YEARS}|R|T|L|N(?![zU]))?W?", Calendar.calendar),
        (f"[LTX]?W?M{_DAY}(?:{_YEARS}|R)?", Calendar.calendar),
        (f"{_YEARS}M{_DAY}?", Calendar.calendar),
        (f"[LTX]?M(?:{_YEARS}|R)?", Calendar.calendar),
        (f"RM{_DAY}?|R{_DAY}M", Calendar.calendar),
        ("[LTX]?W", Calendar.calendar),
        ("[Oo]P?(?![zF])|PO", Calendar.calendar),
        ("W?[Oo]P", Calendar.calendar),
        ("NP", Calendar.calendar),
        (f"[LTX]?C(?:{_YEARS}|R)?|RC", Calendar.calendar),
        ("R|P|Y|y", Calendar.calendar),
        ("NN(?:Y|y)", Calendar.numeric),
        ("D", Calendar.relative_days),
        ("WK|KW?", Calendar.relative_week),
        ("[LTX]?[Ss](?:Y|R)?|[YR][Ss]", Calendar.season),
        ("Q?(?:N|a)UQ?(?:(?:N|a)U|N)?Q?[AE]+", Calendar.period),
        ("UA", Calendar.nothing),
        ("[LTX]NU|NU|V|aU|[LTX]U", Calendar.nothing),
        ("I[Na]a?U", Calendar.ahead),
        ("WU|UW", Calendar.nothing),
        ("X", Calendar.ahead),
        ("(?:N|a)UF", Calendar.ahead),
    )
]
