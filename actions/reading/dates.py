"""Dates in people's own words, as exact as they were said: a day, a month or a year.

Each word is given a letter for its part in a date (`Tags`), and the shapes of dates are patterns of letters, which hold
for the word orders of more than one language. A period that was counted from today (“two months ago”) is
no more exact than the words: it gives a month or a year, and a day only where it is short or said to be exact.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from actions.reading.numbers import FIGURES, Numeral, NumberReader
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Reason, Understood
from actions.reading.words import MINUS, Message, Phrases, plain

SHORT_DAYS = 14  # a period of up to so many days is taken to be exact
SHORT_MONTHS = 24  # one of up to so many months names a month, a longer one a year
NEAR_FUTURE = 10  # years: '27 is 2027 rather than 1927
EARLIEST = 1900
_UNITS = {"days": (1, 0), "weeks": (7, 0), "fortnights": (14, 0), "months": (0, 1), "years": (0, 12), "decades": (0, 120)}

_LITERAL = re.compile(
    r"(?<![\w.,/-])(?:(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?:(?P=s1)(?P<d1>\d{1,2}))?(?:t[\d:.z+-]*)?"
    r"|(?P<d2>\d{1,2})(?P<s2>[-/.])(?P<m2>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d{2})"
    r"|(?P<m3>\d{1,2})[-/.](?P<y3>\d{4})"
    r"|(?P<d4>\d{1,2})/(?P<m4>\d{1,2}))(?![\w/]|[-.,]\d)"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.]\d\d(?=\s*[ap]m\b)|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)")
_GLUED = re.compile(r"([^\W\d_]{3})(\d)")  # oct2026
_SPACED_MARK = re.compile(r"(?<=\d)\s*([/.-])\s*(?=\d)")
_MISSING = "000"
_YEAR = re.compile(r"[12][0-9]{3}|3[0-9]{3}")


@dataclass(frozen=True)
class When:
    """What was said of a date. `fault`: it was said so that no date can be read from it."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    months_only: bool = False  # said only roughly: no day is taken from it
    past: bool = False  # “last September”: not the one that is going on
    fault: Reason | None = None


@dataclass(frozen=True)
class _Tag:
    letter: str
    value: Any = None


Maker = Callable[["_Reader", Sequence[_Tag]], When]


class DateReader:
    """Reads the dates of one language."""

    def __init__(self, lexicon: Mapping[str, Any], endings: Sequence[str], numbers: NumberReader, article: Sequence[str]):
        self._numbers = numbers
        self._endings = frozenset(endings)
        words: dict[tuple[str, Any], list[str]] = {}

        def tell(letter: str, value: Any, phrases: Sequence[str]) -> None:
            words.setdefault((letter, value), []).extend(phrases)

        for number, names in lexicon["months"].items():
            tell("M", int(number), names)
        for number, names in lexicon["weekdays"].items():
            tell("W", int(number), names)
        for name, number in lexicon["ordinals"].items():
            tell("o", int(number), [name])
        for unit, names in lexicon["units"].items():
            tell("U", unit, names)
        for entry in lexicon["relative"]:
            unit = next(key for key in entry if key != "phrases")
            tell({"days": "D", "weeks": "K", "months": "P", "years": "R"}[unit], int(entry[unit]), entry["phrases"])
        for entry in lexicon["holidays"]:
            tell("C", (int(entry["month"]), int(entry["day"]) if "day" in entry else None), entry["phrases"])
        for letter, key in (
            ("A", "ago"), ("F", "ahead"), ("I", "within"), ("L", "last"), ("T", "this"), ("X", "next"),
            ("S", "seasons"), ("s", "seasons_in_two_years"), ("E", "exactly"), ("Q", "about"), ("V", "vague"),
            ("B", "unsure"), ("H", "clock"),
        ):  # fmt: skip
            tell(letter, None, lexicon[key])
        tell("a", None, article)
        # A word with two parts is what comes first here.
        order = "MWoUDKPRCAEVBFILTXSsQHa"
        self._tables = [
            Phrases({value: phrases for (letter, value), phrases in words.items() if letter == wanted})
            for wanted in order
        ]
        self._order = order
        self._filler = Phrases({True: lexicon["filler"]})
        self._ambiguous = frozenset(lexicon["other_words_too"])
        self._before_month = frozenset(lexicon["before_month"])
        self._after_month = {*lexicon["last"], *lexicon["this"], *lexicon["next"]}
        self._small = {*self._filler.words, *Phrases({True: lexicon["unsure"]}).words}
        self._before_ordinal = frozenset(lexicon["before_ordinal"])

    def read(self, message: Message, on: datetime.date, unsure: Sequence[tuple[int, int]] = ()) -> Reading | None:
        """The date in a message; None if it speaks of none. `unsure`: where it says that something is not known."""
        return _Reader(on).settle(self._tags(message.words, unsure))

    def mentions(self, words: Sequence[str]) -> bool:
        """Whether a message begins with a date, or the part of one."""
        letters = "".join(tag.letter for tag in self._tags(tuple(words), ()))
        return bool(re.match(r"[JMWoODPKRCSNY]", letters))

    def literal(self, text: str) -> str:
        """The text with its numeric dates taken together as one word, and without times of day."""
        text = _SPACED_MARK.sub(r"\1", _TIME.sub(" ", _GLUED.sub(r"\1 \2", plain(text))))
        return _LITERAL.sub(lambda found: " " + "·".join(_parts(found)) + " ", text)

    def _tags(self, words: Sequence[str], unsure: Sequence[tuple[int, int]]) -> list[_Tag]:
        tags: list[_Tag] = []
        numerals = {numeral.start: numeral for numeral in _years_in_words(self._numbers.find(words, spaced_thousands=False))}
        doubts = dict(unsure)
        place = 0
        while place < len(words):
            word = words[place]
            numeral = numerals.get(place)
            hit = self._best(words, place)
            if place in doubts:
                tags.append(_Tag("Z"))
                place = doubts[place]
            elif _is_literal(words, place):
                tags.append(_Tag("J", tuple(words[place : place + 5 : 2])))
                place += 5
            elif word == "'" and place + 1 < len(words) and re.fullmatch(r"\d\d", words[place + 1]):
                tags.append(_Tag("y", int(words[place + 1])))
                place += 2
            elif numeral and not (hit and hit[0] > numeral.end - place):
                end = numeral.end
                if FIGURES.fullmatch(word) and _YEAR.fullmatch(word):
                    tags.append(_Tag("Y", int(word)))
                elif FIGURES.fullmatch(word) and end < len(words) and words[end] in self._endings:
                    tags.append(_Tag("O", int(word) if word.isdecimal() else 0))
                    end += 1
                elif numeral.whole and EARLIEST <= numeral.whole < 2100:
                    tags.append(_Tag("Y", numeral.whole))
                else:
                    tags.append(_Tag("-" if numeral.negative else "N", numeral.value))
                place = end
            elif hit:
                tags.append(_Tag(hit[1], hit[2]))
                place += hit[0]
            else:
                filler = self._filler.at(words, place)
                if word in ("-", MINUS):
                    tags.append(_Tag("~"))
                elif not filler and word.isalpha():
                    tags.append(_Tag("z"))
                place += filler[0] if filler else 1
        return _tidied(tags)

    def _best(self, words: Sequence[str], place: int) -> tuple[int, str, Any] | None:
        """The part in a date that the longest phrase here plays."""
        best: tuple[int, str, Any] | None = None
        for letter, table in zip(self._order, self._tables):
            hit = table.at(words, place)
            if hit and (best is None or hit[0] > best[0]) and self._plays(letter, hit[0], words, place):
                best = (hit[0], letter, hit[1])
        return best

    def _plays(self, letter: str, length: int, words: Sequence[str], place: int) -> bool:
        """Whether a word that has other meanings too is part of a date here."""
        before = words[place - 1] if place else ""
        after = words[place + length] if place + length < len(words) else ""
        beside_number = any(FIGURES.fullmatch(word) for word in (before, after)) or before in self._endings
        if letter in "MW" and length == 1 and words[place] in self._ambiguous:
            spoken = bool(self._numbers.find(words[place + 1 : place + 3])) if after.isalpha() else False
            led = before in self._before_month or after in self._after_month
            begins = not place and not (after.isalpha() and after not in self._small)
            return beside_number or spoken or led or begins or self._is_ordinal(words, place)
        if letter == "o":
            following = next((word for word in words[place + length :] if word not in self._small), "")
            return before in self._before_ordinal or self._is_month(following) or self._is_month(before)
        return True

    def _is_ordinal(self, words: Sequence[str], place: int) -> bool:
        table = self._tables[self._order.index("o")]
        around = [words[place - 1 : place], words[place - 2 : place - 1], words[place + 1 : place + 2], words[place + 2 : place + 3]]
        return any(table.whole(part) is not None for part in around if part)

    def _is_month(self, word: str) -> bool:
        return bool(word) and self._tables[self._order.index("M")].whole((word,)) is not None


def _years_in_words(numerals: list[Numeral]) -> list[Numeral]:
    """“Nineteen ninety-nine” is one number."""
    joined: list[Numeral] = []
    for numeral in numerals:
        last = joined[-1] if joined else None
        if last and last.end == numeral.start and last.whole in (19, 20) and 10 <= (numeral.whole or 0) <= 99:
            value = Decimal((last.whole or 0) * 100 + (numeral.whole or 0))
            joined[-1] = Numeral(last.start, numeral.end, (value,))
        else:
            joined.append(numeral)
    return joined


def _parts(found: re.Match[str]) -> tuple[str, str, str]:
    """Year, month and day of a numeric date, the day first; `_MISSING` for what is missing."""
    get = found.groupdict().get
    year = get("y1") or get("y2") or get("y3") or _MISSING
    month = get("m1") or get("m2") or get("m3") or get("m4") or _MISSING
    day = get("d1") or get("d2") or get("d4") or _MISSING
    if get("y1") is None and day != _MISSING and int(month) > 12 >= int(day) > 0:
        month, day = day, month  # the month first, as in America: there is no other way to read it
    return year, month, day


def _is_literal(words: Sequence[str], place: int) -> bool:
    parts = words[place : place + 5]
    return tuple(parts[1::2]) == ("·", "·") and all(re.fullmatch("[0-9]{1,4}", part) for part in parts[::2])


def _tidied(tags: list[_Tag]) -> list[_Tag]:
    """An “in” counts only before a period, an “a” only before a unit, a dash only between two numbers."""
    tidy: list[_Tag] = []
    for place, tag in enumerate(tags):
        after = "".join(next_.letter for next_ in tags[place + 1 : place + 4])
        if (
            (tag.letter == "I" and not re.match(r"[a]?NU|aU", after))
            or (tag.letter == "a" and not after.startswith("U"))
            or tag.letter == "H"
            or (tag.letter == "N" and after.startswith("H"))
            or (tag.letter == "~" and not (tidy and tidy[-1].letter == "N" and after.startswith("N")))
        ):
            continue
        tidy.append(tag)
    return tidy


class _Reader:
    """The shapes of dates, and what they come to on a reference day."""

    def __init__(self, on: datetime.date) -> None:
        self.on = on

    def settle(self, tags: list[_Tag]) -> Reading | None:
        letters = "".join(tag.letter for tag in tags)
        found, rest = self._match(tags, letters)
        exact, rough = "E" in rest, "Q" in rest or "Z" in rest
        if not found:
            return NotUnderstood("vague") if re.search(r"[VUSs]", rest) or re.search("B.*[MWY]", rest) else None
        for fault in ("future", "no_such_date", "vague"):
            if any(when.fault == fault for when in found):
                return NotUnderstood(fault)  # type: ignore[arg-type]  # one of the three
        if re.search(r"[BX~]", rest):
            return NotUnderstood("vague")
        if re.search(r"[N-](?!z)|[VF]", rest):
            return UNREADABLE if re.search(r"[N-](?!z)", rest) else NotUnderstood("vague")
        whens = _joined(list(dict.fromkeys(found)))
        if len(whens) > 1:
            return NotUnderstood("several")
        return self._complete(whens[0], exact, rough)

    def _match(self, tags: list[_Tag], letters: str) -> tuple[list[When], str]:
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

    def literal(self, tags: Sequence[_Tag]) -> When:
        year, month, day = (None if part == _MISSING else int(part) for part in tags[0].value)
        if year is not None and len(tags[0].value[0]) == 2:
            year = self.century(year)
        return When(year, month, day)

    def calendar(self, tags: Sequence[_Tag]) -> When:
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

    def numeric(self, tags: Sequence[_Tag]) -> When:
        day, month, year = (tag.value for tag in tags)
        if any(part is None or part != int(part) for part in (day, month)):
            return When(fault="no_such_date")
        return When(self.century(int(year)) if tags[2].letter in "Ny" and year < 100 else int(year), int(month), int(day))

    def relative_days(self, tags: Sequence[_Tag]) -> When:
        return self.days_back(tags[0].value)

    def relative_week(self, tags: Sequence[_Tag]) -> When:
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
        return When(monday.year, monday.month) if monday.month == sunday.month else When(fault="vague")

    def season(self, tags: Sequence[_Tag]) -> When:
        for tag in tags:
            if tag.letter == "s":
                return When(fault="vague")
        for tag in tags:
            if tag.letter == "Y":
                return When(tag.value)
            if tag.letter == "R":
                return When(self.on.year - tag.value)
        return When(fault="vague")

    def period(self, tags: Sequence[_Tag]) -> When:
        """A period that ended today: “two months ago”, “one year and two months ago”."""
        days = months = Decimal(0)
        number: Decimal | None = Decimal(1)
        smallest, last = "years", "years"
        for place, tag in enumerate(tags):
            if tag.letter == "N":
                number = tag.value
                if place and tags[place - 1].letter == "U" and number == Decimal("0.5") and tags[place + 1].letter != "U":
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
        return When(back.year, back.month)

    def nothing(self, tags: Sequence[_Tag]) -> When:
        return When(fault="vague")

    def ahead(self, tags: Sequence[_Tag]) -> When:
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
            return self._checked(datetime.date(year, month, 1), "month", rough)
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
        ("J", _Reader.literal),
        (f"W?{_DAY}W?M(?:{_YEARS}|R|T|L|N(?![zU]))?W?", _Reader.calendar),
        (f"[LTX]?W?M{_DAY}(?:{_YEARS}|R)?", _Reader.calendar),
        (f"{_YEARS}M{_DAY}?", _Reader.calendar),
        (f"[LTX]?M(?:{_YEARS}|R)?", _Reader.calendar),
        (f"RM{_DAY}?|R{_DAY}M", _Reader.calendar),
        ("[LTX]?W", _Reader.calendar),
        ("[Oo]P?|PO", _Reader.calendar),
        ("W?[Oo]P", _Reader.calendar),
        ("NP", _Reader.calendar),
        (f"[LTX]?C(?:{_YEARS}|R)?|RC", _Reader.calendar),
        ("R|P|Y|y", _Reader.calendar),
        ("NN(?:Y|y)", _Reader.numeric),
        ("D", _Reader.relative_days),
        ("WK|KW?", _Reader.relative_week),
        ("[LTX]?[Ss](?:Y|R)?|[YR][Ss]", _Reader.season),
        ("Q?(?:N|a)UQ?(?:(?:N|a)U|N)?Q?[AE]+", _Reader.period),
        ("UA", _Reader.nothing),
        ("[LTX]NU|NU|V|aU|[LTX]U", _Reader.nothing),
        ("I[Na]a?U", _Reader.ahead),
        ("X", _Reader.ahead),
        ("(?:N|a)UF", _Reader.ahead),
    )
]
