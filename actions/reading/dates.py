"""Dates in people's own words, as exact as they were said: a day, a month or a year.

Each word is given a letter for its part in a date, and the shapes of dates are patterns of letters
(date_shapes.py), which hold for the word orders of more than one language. A period that was counted from
today (“two months ago”) is no more exact than the words: it gives a month or a year, and a day only where it
is short or said to be exact.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from actions.reading.date_shapes import EARLIEST, MISSING, Calendar, Tag
from actions.reading.numbers import FIGURES, NumberReader, Numeral
from actions.reading.outcomes import Reading
from actions.reading.words import MINUS, Message, Phrases, plain

Span = tuple[int, int]

_LITERAL = re.compile(
    r"(?<![\w.,/-])(?:(?P<y1>\d{4})(?P<s1>[-/.])(?P<m1>\d{1,2})(?:(?P=s1)(?P<d1>\d{1,2}))?(?:t[\d:.z+-]*)?"
    r"|(?P<d2>\d{1,2})(?P<s2>[-/.])(?P<m2>\d{1,2})(?P=s2)(?P<y2>\d{4}|\d{2})"
    r"|(?P<m3>\d{1,2})[-/.](?P<y3>\d{4})"
    r"|(?P<d5>\d{1,2})\.(?P<m5>\d{1,2})\.(?!\d)"
    r"|(?P<d4>\d{1,2})/(?P<m4>\d{1,2}))(?![\w/]|[-.,]\d)"
)
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.]\d\d(?=\s*[ap]m\b)|(?<!\d)\d{1,2}:\d\d(?::\d\d)?(?!\d)")
_GLUED = re.compile(r"([^\W\d_]{3})(\d)")  # oct2026
_SPACED_MARK = re.compile(r"(?<=\d)\s*([/.-])\s*(?=\d)")
_TWO_FIGURES = re.compile("[0-9]{2}")
_YEAR = re.compile(r"[12][0-9]{3}|3[0-9]{3}")


class DateReader:
    """Reads the dates of one language."""

    def __init__(self, words: Mapping[str, Any], numbers: NumberReader) -> None:
        """`words` are those of lexicon/<language>/answers.yml."""
        lexicon = words["dates"]
        self._numbers = numbers
        self._endings = frozenset(words["ordinal_endings"])
        told: dict[tuple[str, Any], list[str]] = {}

        def tell(letter: str, value: Any, phrases: Sequence[str]) -> None:
            told.setdefault((letter, value), []).extend(phrases)

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
            tell(
                {"days": "D", "weeks": "K", "months": "P", "years": "R"}[unit],
                int(entry[unit]),
                entry["phrases"],
            )
        for entry in lexicon["holidays"]:
            tell("C", (int(entry["month"]), int(entry["day"]) if "day" in entry else None), entry["phrases"])
        for letter, key in (
            ("A", "ago"), ("F", "ahead"), ("I", "within"), ("L", "last"), ("T", "this"), ("X", "next"),
            ("S", "seasons"), ("s", "seasons_in_two_years"), ("E", "exactly"), ("Q", "about"), ("V", "vague"),
            ("B", "unsure"), ("H", "clock"),
        ):  # fmt: skip
            tell(letter, None, lexicon[key])
        tell("a", None, words["numbers"]["article"])
        # A word with two parts is what comes first here.
        order = "MWoUDKPRCAEVBFILTXSsQHa"
        self._tables = [
            Phrases({value: phrases for (letter, value), phrases in told.items() if letter == wanted})
            for wanted in order
        ]
        self._order = order
        self._filler = Phrases({True: lexicon["filler"]})
        self._ambiguous = frozenset(lexicon["other_words_too"])
        self._before_month = frozenset(lexicon["before_month"])
        self._after_month = {*lexicon["last"], *lexicon["this"], *lexicon["next"]}
        self._joining = {*Phrases({True: lexicon["unsure"]}).words, *words["numbers"]["and"]}
        self._small = {*self._filler.words, *Phrases({True: lexicon["unsure"]}).words}
        self._before_ordinal = frozenset(lexicon["before_ordinal"])

    def read(
        self, message: Message, on: datetime.date, unsure: Sequence[Span] = (), before: str | None = None
    ) -> Reading | None:
        """The date in a message; None if it speaks of none.

        `unsure` is where the message says that something is not known: the date is then no more than a month.
        `before` is a date of which this puts a part right.
        """
        return Calendar(on, before).settle(self._tags(message, dict(unsure)))

    def alone(self, words: Sequence[str]) -> bool:
        """Whether a message is a date, the part of one or a number, and nothing else."""
        letters = "".join(tag.letter for tag in self._tags(Message(tuple(words)), {}))
        return "z" not in letters and bool(re.search("[JMWoODPKRCSNYy]", letters))

    def literal(self, text: str) -> str:
        """The text with its numeric dates taken together as one word, and without times of day."""
        text = _SPACED_MARK.sub(r"\1", _TIME.sub(" ", _GLUED.sub(r"\1 \2", plain(text))))
        return _LITERAL.sub(lambda found: " " + "·".join(_parts(found)) + " ", text)

    def _tags(self, message: Message, unsure: Mapping[int, int]) -> list[Tag]:
        words = message.words
        numerals = {n.start: n for n in _years_in_words(self._numbers.find(words, spaced_thousands=False))}
        tags: list[Tag] = []
        place = 0
        while place < len(words):
            numeral, hit = numerals.get(place), self._best(words, place)
            tag: Tag | None
            if place in unsure:
                tag, end = Tag("Z"), unsure[place]
            elif _is_literal(words, place):
                tag, end = Tag("J", tuple(words[place : place + 5 : 2])), place + 5
            elif words[place] == "'" and _TWO_FIGURES.fullmatch("".join(words[place + 1 : place + 2])):
                tag, end = Tag("y", int(words[place + 1])), place + 2
            elif numeral and self._is_pronoun(words, numeral):
                tag, end = None, numeral.end
            elif numeral and not (hit and hit[0] > numeral.end - place):
                tag, end = self._number(message, numeral, tags)
            elif hit:
                tag, end = Tag(hit[1], hit[2]), place + hit[0]
            else:
                tag, end = self._other(words, place, tags)
            if tag:
                tags.append(tag)
            place = end
        return _tidied(tags)

    def _is_pronoun(self, words: Sequence[str], numeral: Numeral) -> bool:
        """Whether “one” counts nothing: “I had a mild one in 2012”."""
        follows = self._best(words, numeral.end) if numeral.end < len(words) else None
        alone = numeral.end == numeral.start + 1 and words[numeral.start].isalpha() and numeral.whole == 1
        return alone and numeral.start > 0 and not (follows and follows[1] in "UMDKPR")

    def _number(self, message: Message, numeral: Numeral, before: Sequence[Tag]) -> tuple[Tag, int]:
        """A number may be a year, a day of the month, or how many of something."""
        words, start, end = message.words, numeral.start, numeral.end
        follows = words[end] if end < len(words) else ""
        if FIGURES.fullmatch(words[start]) and follows in self._endings:
            return Tag("O", numeral.whole or 0), end + 1
        if end in message.glued and follows.isalpha() and not self._best(words, end):
            return Tag("V"), end  # 1990s
        in_figures = bool(_YEAR.fullmatch(words[start]))
        if in_figures or (numeral.whole and EARLIEST <= numeral.whole < 2100 and numeral.end > start + 1):
            return Tag("Y", numeral.whole), end
        shape = "".join(tag.letter for tag in before[-3:])
        if len(words[start]) == 2 and re.search(r"(?<![NOo~])M~$", shape) and {start, start - 1} <= message.glued:
            return Tag("V"), end  # Oct-20 is a day or a year
        return Tag("-" if numeral.negative else "N", numeral.value), end

    def _other(self, words: Sequence[str], place: int, before: list[Tag]) -> tuple[Tag | None, int]:
        filler = self._filler.at(words, place)
        if words[place] in ("-", MINUS):
            return Tag("~"), place + 1
        if filler or not words[place].isalpha():
            return None, place + (filler[0] if filler else 1)
        return Tag("z"), place + 1

    def _best(self, words: Sequence[str], place: int) -> tuple[int, str, Any] | None:
        """The part in a date that the longest phrase here plays."""
        best: tuple[int, str, Any] | None = None
        for letter, table in zip(self._order, self._tables, strict=False):
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
            begins = not place and (not after.isalpha() or after in self._joining)
            return beside_number or spoken or led or begins or self._is_ordinal(words, place)
        if letter == "o":
            following = next((word for word in words[place + length :] if word not in self._small), "")
            if self._tables[self._order.index("U")].whole((after,)):
                return False  # the first week of May
            return before in self._before_ordinal or self._is_month(following) or self._is_month(before)
        return True

    def _is_ordinal(self, words: Sequence[str], place: int) -> bool:
        table = self._tables[self._order.index("o")]
        around = [
            words[place - 1 : place],
            words[place - 2 : place - 1],
            words[place + 1 : place + 2],
            words[place + 2 : place + 3],
        ]
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
    """Year, month and day of a numeric date, the day first; `MISSING` for what is missing."""
    get = found.groupdict().get
    year = get("y1") or get("y2") or get("y3") or MISSING
    month = get("m1") or get("m2") or get("m3") or get("m4") or get("m5") or MISSING
    day = get("d1") or get("d2") or get("d4") or get("d5") or MISSING
    if get("y1") is None and day != MISSING and int(month) > 12 >= int(day) > 0:
        month, day = day, month  # the month first, as in America: there is no other way to read it
    return year, month, day


def _is_literal(words: Sequence[str], place: int) -> bool:
    parts = words[place : place + 5]
    return tuple(parts[1::2]) == ("·", "·") and all(re.fullmatch("[0-9]{1,4}", part) for part in parts[::2])


def _tidied(tags: list[Tag]) -> list[Tag]:
    """An “in” counts only before a period, an “a” only before a unit, a dash only between two numbers."""
    tidy: list[Tag] = []
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
