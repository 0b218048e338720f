"""A person's own words, read as the answer to a pre-screening question.

What is doubtful is not understood, never guessed: a wrong answer does harm, being asked again does not.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.reading.blood_pressure import BloodPressureReader
from actions.reading.choices import read_choice, whole_choice
from actions.reading.dates import DateReader
from actions.reading.labs import LabReader, Range
from actions.reading.numbers import NumberReader, Numeral, roman
from actions.reading.outcomes import UNREADABLE, NotUnderstood, Reading, Skipped, Understood
from actions.reading.words import Message, Phrases, Spelling, all_words
from actions.reading.yes_no import MARKS, Meaning, SkipReader, YesNoReader, bare_message, without

MILLIMETRES = ((50, 300), (20, 200))  # blood pressures that there are: systolic, diastolic
_LARGE = 10  # beyond it, half a year more or less is not meant to count
_FEW_OTHERS = 2
_SHORT = 6


class AnswerReader:
    """Reads answers in one language."""

    def __init__(self, lexicon: Mapping[str, Any]) -> None:
        self._polite = Phrases({True: lexicon["polite"]})
        self._numbers = NumberReader(lexicon["numbers"])
        self._spelling = Spelling(all_words(lexicon), all_words(lexicon["left_alone"]), lexicon.get("elided", ()))
        opposed = [*lexicon["affirm"]["first"], *lexicon["deny"]["first"], *lexicon["skips"]["after_all"]]
        self._skips = SkipReader(lexicon["skips"], self._polite, opposed)
        self._yes_no = YesNoReader(lexicon, self._polite)
        self._negations = Phrases({True: lexicon["negations"]})
        # “Only an ultrasound” is as clear as can be.
        self._doubtful = Phrases({True: [word for word in lexicon["doubtful"] if word not in lexicon["narrowing"]]})
        integers, dates = lexicon["integers"], lexicon["dates"]
        self._none = Phrases({True: integers["none"]})
        self._vague = Phrases({True: integers["vague"]})
        self._not_vague = Phrases({True: [*integers["allowed"], *integers["age"]]})
        self._to_come = Phrases({True: integers["to_come"]})
        self._reached = Phrases({True: integers["reached"]})
        self._class = Phrases({True: integers["class"]})
        self._dates = DateReader(lexicon, self._numbers)
        self._never_had = Phrases({True: dates["never_had"]})
        self._since = re.compile(rf"\b({'|'.join(map(re.escape, dates['beginning']))})\b", re.IGNORECASE)
        others = lexicon["others"]
        self._relatives = Phrases({True: others["relatives"]})
        told = [f"{who} {does}" for who in others["relatives"] for does in others["does"]]
        self._of_relatives = Phrases({True: told})
        self._others = Phrases({True: others["pronouns"]})
        self._small = Phrases({True: [*lexicon["small"], *lexicon["affirming"], *lexicon["negations"]]})
        self._blood_pressure = BloodPressureReader(lexicon["blood_pressure"], self._numbers)
        self._labs = LabReader(lexicon["labs"], self._numbers)
        corrections = lexicon["corrections"]
        self._strong = Phrases({True: corrections["strong"]})
        self._weak = Phrases({True: corrections["weak"]})
        self._between = Phrases({True: corrections["between"]})
        self._not, self._but = Phrases({True: corrections["not"]}), Phrases({True: corrections["but"]})
        self._beside_numbers = {*self._labs.units.known, *Phrases({True: integers["age"]}).words}
        self._counted = {*lexicon["numbers"]["words"], *(w for w, n in lexicon["numbers"]["ones"].items() if n == "1")}

    @classmethod
    def load(cls, lexicon: Path, language: str) -> AnswerReader:
        """Reads the words of a language from lexicon/<language>/answers.yml."""
        text = (lexicon / language / "answers.yml").read_text(encoding="utf-8")
        # The base loader keeps “no” and “on” words, which YAML would make truth values.
        return cls(yaml.load(text, Loader=yaml.BaseLoader))

    def boolean(
        self, text: str, about: Sequence[str] = (), says: Mapping[Meaning, Sequence[str]] | None = None
    ) -> Reading:
        """Yes or no.

        `about` are words for what was asked, so that “I never had a stroke” can be read; `says` are phrases that mean
        yes or no to this question, or leave it open.
        """
        told, known = _meanings(says)
        words = tuple(word if word in known else self._spelling.mend(word) for word in self._spelling.typed(text).words)
        skipped = self._skips.read(words)
        if skipped:
            return skipped
        read = self._yes_no.read(words, Phrases({True: about}) if about else None, told)
        return (self._skips.opening(words) or read) if read == UNREADABLE else read

    def integer(
        self, text: str, lowest: int, highest: int, never: int | None = None, advances: bool = False
    ) -> Reading:
        """A whole number; `never` is what “never” and “none” stand for.

        One that `advances` with time, as an age does, may be one to come: “79 in January”.
        """
        message = self._parted(text)
        words = message.words
        skipped = self._skips.read(words)
        if skipped:
            return skipped
        bare = bare_message(message, self._polite)
        numerals = self._numbers.find(words)
        if self._none.whole(bare):
            return self._nothing(numerals, lowest, never)
        if not numerals:
            return self._without_number(bare, lowest, highest, never)
        if self._is_vague(words, numerals) or (advances and self._is_to_come(words)):
            return NotUnderstood("vague")
        values = {numeral.value for numeral in numerals}
        if len(values) > 1:
            return NotUnderstood("several")
        if self._glued_to_a_word(message, numerals):
            return UNREADABLE
        return self._within(numerals[0], lowest, highest)

    def date(
        self,
        text: str,
        on: datetime.date,
        event: bool,
        about: Sequence[str] = (),
        before: str | None = None,
        begins: bool = False,
    ) -> Reading:
        """A date that is not after `on`; of an `event` it may be that there was none.

        `before` is the date that is put right: “the 4th” is then of its month. Of what `begins` and goes on, “since
        January” tells the date; of anything else only a bound.
        """
        if begins:
            text = self._since.sub(" ", text)
        message = self._numbers.parted(self._spelling.read(self._dates.literal(text)))
        words = message.words
        skipped = self._skips.read(words)
        if skipped:
            return skipped
        unsure = [(start, end) for start, end, how in self._skips.found(words) if how == "dont_know"]
        found = self._dates.read(message, on, unsure, before)
        plain = self._yes_no.read(words, Phrases({True: about}) if about else None)
        if found is None:
            return self._no_date(words, plain, event)
        outside = [word for place, word in enumerate(words) if not any(start <= place < end for start, end in unsure)]
        return UNREADABLE if isinstance(found, Understood) and self._negations.found(outside) else found

    def choice(self, text: str, forms: Mapping[str, Sequence[str]]) -> Reading:
        """One of the values, by its phrases.

        A plain no stands for the value that has “no” or “none” for a phrase.
        """
        if text.strip() in forms:
            return Understood(text.strip())
        words = bare_message(Message.of(text), self._polite)
        mended = self._spelling.read(text).words
        named = whole_choice(words, forms)
        if named:
            return Understood(named)
        skipped = self._skips.read(mended)
        if skipped:
            return skipped
        found = read_choice(words, forms, self._negations, self._none)
        if isinstance(found, Understood):
            return UNREADABLE if self._doubts(words, forms) else found
        if found == UNREADABLE and self._yes_no.read(mended) == Understood(False):
            values = [
                value for value, phrases in forms.items() if any(self._none.whole(Message.of(p).words) for p in phrases)
            ]
            return Understood(values[0]) if len(values) == 1 else UNREADABLE
        return found

    def blood_pressure(
        self,
        text: str,
        systolic: tuple[int, int] = MILLIMETRES[0],
        diastolic: tuple[int, int] = MILLIMETRES[1],
    ) -> Reading:
        """Two numbers, as in “130 over 80”."""
        message = self._parted(text)
        return self._skips.read(message.words) or self._blood_pressure.read(message, systolic, diastolic)

    def lab(self, text: str, units: Sequence[str], usual: str | None, plausible: Mapping[str, Range]) -> Reading:
        """A laboratory result: number, unit, and the upper limit if it was said as well.

        Units are taken for one and the same amount where their plausible ranges are in proportion.
        """
        message = self._parted(text)
        return self._skips.read(message.words) or self._labs.read(message, units, usual, plausible)

    def number(
        self,
        text: str,
        unit: str | None = None,
        units: Sequence[str] = (),
        within: tuple[Decimal, Decimal] | None = None,
    ) -> Reading:
        """A number alone, such as the laboratory's upper limit; if its unit is said, it must be `unit`."""
        message = self._parted(text)
        return self._skips.read(message.words) or self._labs.limit(message, unit, units, within)

    def correction(self, text: str) -> str | None:
        """The rest of a message that corrects what was said just before, such as “sorry, I meant 72”."""
        message = self._spelling.read(text)
        words = message.words
        hits = [hit for hit in self._strong.found(words) if hit[0] <= 1 or _opens(words[: hit[0]], self._weak)]
        if hits:
            rest = self._after(words, hits[0][1])
            return self._tail(text, rest) if rest < len(words) else None
        weak = self._weak.at(words, 0) if words else None
        if not weak:
            return None
        rest = self._after(words, weak[0])
        again = self._weak.at(words, rest) if rest < len(words) else None
        rest = self._after(words, rest + again[0]) if again else rest
        return self._tail(text, rest) if rest < len(words) and self._is_bare(words[rest:]) else None

    def exchange(self, text: str) -> tuple[str, str] | None:
        """What is to stand instead of what: “not 71 but 72”, “72, not 71”; None if it says no such thing."""
        words = self._spelling.read(text).words
        denied = next(((start, end) for start, end, _ in self._not.found(words)), None)
        if denied is None:
            return None
        start, end = denied
        if not start:
            begins = [
                place for place in range(end + 1, len(words)) if words[place] == "," or self._but.at(words, place)
            ]
            if not begins:
                return None
            new, old = words[self._after(words, begins[0] + self._length(words, begins[0])) :], words[end : begins[0]]
        else:
            new, old = words[self._after(words, 0) : start], words[end:]
        bare = [tuple(word for word in part if word not in MARKS) for part in (new, old)]
        return (" ".join(bare[0]), " ".join(bare[1])) if all(map(self._is_bare, bare)) else None

    def opens_with_yes_or_no(self, text: str) -> bool:
        """Whether a message begins with a plain yes or no, and asks nothing."""
        words = without(self._spelling.read(text).words, self._polite)
        return self._yes_no.opens(words) and "?" not in words

    def names_a_relative(self, text: str) -> bool:
        """Whether somebody of the family is spoken of: “my mother”."""
        return bool(self._relatives.found(self._spelling.typed(text).words))

    def is_of_a_relative(self, text: str) -> bool:
        """Whether it is told of somebody of the family: “my mother had breast cancer”."""
        return bool(self._of_relatives.found(self._spelling.typed(text).words))

    def is_of_another(self, text: str) -> bool:
        """Whether it is told of him or her: “she had it out in 2021”."""
        return bool(self._others.found(self._spelling.typed(text).words))

    def is_one_of(self, text: str, phrases: Sequence[str]) -> bool:
        """Whether a message is one of these phrases and nothing else."""
        if not phrases:
            return False
        told = _told(tuple(phrases))
        message = Message.of(text)
        plain = tuple(word for word in message.words if word not in MARKS)
        return any(told.whole(words) for words in (bare_message(message, self._polite), plain))

    def is_date(self, text: str) -> bool:
        """Whether a message is a date, or the part of one, and nothing else."""
        return self._dates.alone(self._parted(self._dates.literal(text)).words)

    def _length(self, words: Sequence[str], place: int) -> int:
        hit = self._but.at(words, place)
        return hit[0] if hit else 1

    def _is_bare(self, words: Sequence[str]) -> bool:
        """Whether words are a number or a date, and nothing else; a mere “one” or “both” is neither."""
        left = [word for word in self._numbers.parted(Message(tuple(words))).words if word not in self._beside_numbers]
        if len(left) > _SHORT + 4 or all(word in self._counted or word in MARKS for word in left):
            return False
        return self._dates.alone(self._parted(self._dates.literal(" ".join(left))).words)

    # --- of whole numbers ---

    def _parted(self, text: str) -> Message:
        return self._numbers.parted(self._spelling.read(text))

    def _nothing(self, numerals: list[Numeral], lowest: int, never: int | None) -> Reading:
        if never is not None:
            return Understood(never)
        if numerals:
            return Understood(0) if lowest <= 0 else NotUnderstood("too_low")
        return UNREADABLE

    def _without_number(self, words: tuple[str, ...], lowest: int, highest: int, never: int | None) -> Reading:
        classes = [place + 1 for place, word in enumerate(words) if self._class.at(words, place)]
        named = {roman(words[place]) for place in classes if place < len(words)}
        if len(words) == 1 and words[0] != "i":
            named.add(roman(words[0]))
        numbers = {number for number in named if number is not None}
        if len(numbers) == 1 and not self._vague.found(words):
            return self._within(Numeral(0, 1, (Decimal(numbers.pop()),)), lowest, highest)
        if never is not None and self._yes_no.read(words) == Understood(False):
            return Understood(never)
        return NotUnderstood("vague") if self._vague.found(words) and not self._yes_no_said(words) else UNREADABLE

    def _yes_no_said(self, words: tuple[str, ...]) -> bool:
        return isinstance(self._yes_no.read(words), Understood)

    def _is_vague(self, words: Sequence[str], numerals: list[Numeral]) -> bool:
        taken = {place for numeral in numerals for place in range(numeral.start, numeral.end)}
        taken |= {place for start, end, _ in self._not_vague.found(words) for place in range(start, end)}
        return any(start not in taken for start, _, _ in self._vague.found(words))

    def _is_to_come(self, words: Sequence[str]) -> bool:
        return bool(self._to_come.found(words)) and not self._reached.found(words)

    def _glued_to_a_word(self, message: Message, numerals: list[Numeral]) -> bool:
        """“7o” is a slip of the finger, not a seven."""
        ends = [n.end for n in numerals if n.end in message.glued and message.words[n.end].isalnum()]
        return any(not self._spelling.knows(message.words[end]) or message.words[end] == "o" for end in ends)

    def _within(self, numeral: Numeral, lowest: int, highest: int) -> Reading:
        whole = [n for n in numeral.meanings if n == n.to_integral_value()]
        if not numeral.meanings:
            return NotUnderstood("too_high")
        if numeral.value is not None and numeral.value > _LARGE and numeral.value % 1 == Decimal("0.5"):
            whole = [numeral.value.to_integral_value(rounding="ROUND_FLOOR")]
        if len(whole) != 1:
            return UNREADABLE
        if whole[0] < lowest:
            return NotUnderstood("too_low")
        return NotUnderstood("too_high") if whole[0] > highest else Understood(int(whole[0]))

    # --- of dates ---

    def _no_date(self, words: Sequence[str], plain: Reading, event: bool) -> Reading:
        if plain == Understood(True):
            return NotUnderstood("vague")
        if event and (plain == Understood(False) or self._says_never(words)):
            return Understood("never")
        return UNREADABLE

    def _says_never(self, words: Sequence[str]) -> bool:
        """“I never had radiotherapy”: besides small words at most two others, none of them doubtful."""
        bare = without(words, self._polite)
        if not self._never_had.found(bare) or self._doubtful.found(bare) or "?" in bare:
            return False
        known = self._small.found(bare)
        return len(bare) - sum(end - start for start, end, _ in known) <= _FEW_OTHERS

    # --- of choices and corrections ---

    def _doubts(self, words: Sequence[str], forms: Mapping[str, Sequence[str]]) -> bool:
        """Whether there is a word of doubt that is no part of the choices' own phrases."""
        own = {word for phrases in forms.values() for phrase in phrases for word in Message.of(phrase).words}
        return any(not set(words[start:end]) <= own for start, end, _ in self._doubtful.found(words))

    def _after(self, words: Sequence[str], place: int) -> int:
        while place < len(words) and (hit := self._between.at(words, place)):
            place += hit[0]
        return place

    def _tail(self, text: str, words: int) -> str:
        """The text from this word on, as it was typed."""
        return self._spelling.tail(text, words)


@lru_cache(maxsize=200)
def _told(phrases: tuple[str, ...]) -> Phrases[bool]:
    return Phrases({True: phrases})


def _meanings(says: Mapping[Meaning, Sequence[str]] | None) -> tuple[Phrases[Meaning] | None, set[str]]:
    """What a question's own words mean, and which words these are."""
    return _prepared(tuple((key, tuple(phrases)) for key, phrases in says.items())) if says else (None, set())


@lru_cache(maxsize=200)
def _prepared(says: tuple[tuple[Meaning, tuple[str, ...]], ...]) -> tuple[Phrases[Meaning], set[str]]:
    phrases: Phrases[Meaning] = Phrases(dict(says))
    return phrases, phrases.words


def _opens(words: Sequence[str], openers: Phrases[bool]) -> bool:
    """Whether these words are nothing but an opener and marks."""
    return openers.whole([word for word in words if word.isalpha()]) is not None or not any(w.isalpha() for w in words)


__all__ = ["AnswerReader", "NotUnderstood", "Reading", "Skipped", "Understood"]
