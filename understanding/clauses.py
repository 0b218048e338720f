"""How a message divides: its clauses, and which of them ask something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from understanding.files import read_yaml
from understanding.words import straighten

#: More clauses than this are not read one by one; the last ones count, a question comes at the end of a story.
MOST_CLAUSES = 8
#: A sentence of more words is broken where a reason or an objection begins.
LONG = 18
#: What leads in a question in so many words belongs to it (“after two years, how many …”); a story does not.
LEAD = 10
#: A message of more words says itself what it asks.
SHORT = 7
#: One of so few words seldom does, even if nothing in it points back.
FEW = 4
#: Fewer words than this are no question that another can run on from.
FEWEST = 3
#: A full stop ends a sentence, but not in a number or in the address of a page.
_SENTENCE = re.compile(r"[^.?!;\n]+(?:\.(?=\d|(?:gov|com|org|net|eu)\b)[^.?!;\n]+)*[.?!;\n]*")
#: Stands for a person in the phrases of the lexicon.
SOMEBODY = "{who}"
_MARKS = " ,.;:!?-\n\"'()"


@dataclass(frozen=True)
class Clause:
    """A part of a message.

    Attributes:
        text: as it was typed.
        asks: whether it is a question by its form.
        general: whether it asks something that is only clear from what stands beside it (“can I join?”).
    """

    text: str
    asks: bool
    general: bool = False


@dataclass(frozen=True)
class Leaning:
    """How a short clause leans on what was said before it.

    Attributes:
        asks: what it asks for, where that is all it says: “how_long” of “and for how long?”.
        alone: whether beside small words it only names something (“and in Brescia?”, “after two?”), and asks nothing.
        opens: whether it begins like one that goes on from there (“and …”).
        may_mean: the concepts that its bare words may stand for: “two” may be two years.
        tells: whether it states something (“mine was 8.5”) and asks nothing.
    """

    asks: str | None = None
    alone: bool = False
    opens: bool = False
    may_mean: tuple[str, ...] = ()
    tells: bool = False


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(str(word)) for word in sorted(words, key=len, reverse=True))


class ClauseReader:
    """Divides the messages of one language, by the words of lexicon/<language>/clauses.yml."""

    def __init__(self, words: dict[str, Any]) -> None:
        asking = _either(words["question_words"])
        opening = _either(words["question_openings"])
        self._asks = re.compile(rf"^(?:(?:{_either(words['joins'] + words['before_a_question'])})[, ]+)*(?:{asking})\b")
        self._question_word = re.compile(rf"\b(?:{asking}|{opening})\b")
        self._opens = re.compile(rf"\b(?:{opening})\b")
        joins = _either(words["joins"])
        self._join = re.compile(
            rf"(?:,\s*|\s+)(?:{joins})\s+(?=(?:{joins}\s+)?(?:{asking}|{opening})\b)|,\s*(?=(?:{asking})\b)"
            rf"|,?\s+(?=(?:{opening})\b)",
            re.I,
        )
        self._break = re.compile(rf",?\s+(?:{_either(words['breaks'])})\s+", re.I)
        self._asks_what = re.compile(rf"(?:{_either(words['asks_what'])})\b")
        self._asks_whether = re.compile(rf"(?:{_either(words['asks_whether'])})\b")
        self._pair = re.compile(rf",?\s+(?:{_either(words['pairs'])})\s+", re.I)
        self._joining = re.compile(
            rf"\W*(?:{_either([*words['pairs'], *words['joins'], ','])})?\W*(?:{_either(words['articles'])})?\W*"
        )
        self._polite = set(words["before_a_question"])
        self._general = {straighten(phrase).lower() for phrase in words["general"]}
        self._general_openings = tuple(words["general_openings"])
        self._follow_on = re.compile(rf"^(?:{_either(words['follow_on'])})\b")
        self._there = re.compile(rf"\b(?:{_either(words['there'])})\b")
        self._not_there = re.compile(rf"\b(?:{_either(words['not_there'])})\b")
        lead = _either([*words["joins"], *words["before_a_question"]])
        self._led = re.compile(rf"(?:(?:{lead})[, ]+)*")
        tail = _either(words["bare_tails"])
        self._bare = {
            kind: re.compile(rf"(?:(?:{lead})[, ]+)*(?:{_either(phrases)})(?: (?:{tail}))*")
            for kind, phrases in words["bare"].items()
        }
        self._points = re.compile(rf"\b(?:{_either(words['points'])})\b")
        self._of_all = re.compile(rf"\b(?:{_either(words['of_all'])})\b")
        self._stands_for = {
            concept: re.compile(rf"\b(?:{_either(phrases)})\b") for concept, phrases in words["stands_for"].items()
        }
        stand_ins = [phrase for phrases in words["stands_for"].values() for phrase in phrases]
        self._any_stand_in = re.compile(rf"\b(?:{_either(stand_ins)})\b")
        self._small = re.compile(rf"\b(?:{_either([*words['small'], *words['joins'], *words['follow_on']])})\b")
        before, after = _either(words["what_is"]), _either(words["is_what"])
        last = _either([*words["is_what"], *words["after_what_is"]])
        self._defines = re.compile(rf"(?:(?:{lead})[, ]+)*(?:(?:{before})(?: _)+(?: (?:{last}))*|(?:_ )+(?:{after}))")
        self._pronoun = re.compile(rf"\b(?:{_either(words['pronouns'])})\b", re.I)
        self._greeting = re.compile(rf"(?:{_either(words['greetings'])})\b", re.I)
        self._joining_words = re.compile(rf"\b(?:{_either(words['joining'])})\b")
        somebody = f"(?:{_either(words['somebody'])})"
        to_join = _either(words["asks_to_join"]).replace(re.escape(SOMEBODY), somebody)
        self._to_join = re.compile(rf"(?:(?:{lead})[, ]+)*(?:{to_join})")

    @classmethod
    def load(cls, lexicon: Path, language: str) -> ClauseReader:
        """Reads the words of a language."""
        return cls(read_yaml(lexicon / language / "clauses.yml"))

    def divide(self, text: str) -> list[Clause]:
        """The clauses of a message, the last eight."""
        clauses: list[Clause] = []
        for sentence in _SENTENCE.findall(self._without_greeting(straighten(text))):
            parts = self._join.split(sentence)
            if len(sentence.split()) > LONG:
                parts = [piece for part in parts for piece in self._break.split(part)]
            parts = self._with_lead([part for part in parts if part and part.strip(_MARKS)])
            for number, part in enumerate(parts):
                ends_asking = number == len(parts) - 1 and "?" in sentence[-3:]
                clauses.append(self._clause(part.strip(), ends_asking))
        return clauses[-MOST_CLAUSES:]

    def _without_greeting(self, text: str) -> str:
        rest = self._greeting.sub("", text.lstrip(_MARKS), count=1) if self.greets(text) else text
        return rest.lstrip(_MARKS) if rest.strip(_MARKS) else text

    def _with_lead(self, parts: list[str]) -> list[str]:
        """The parts of a sentence, what leads in a question joined to it: “after two years, how many …”."""
        joined: list[str] = []
        lead = ""
        for part in parts:
            together = f"{lead}, {part}" if lead else part
            asks = self._clause(part.strip(), False).asks
            if asks:
                joined += [together] if len(lead.split()) <= LEAD else [lead, part]
            lead = "" if asks else together
        return [*joined, lead] if lead else joined

    def items(self, text: str) -> list[str]:
        """What a bare list names: “the dose and the side effects”, “sponsor, phase and dates”; else nothing."""
        plain = straighten(text)
        halves = [half.strip(_MARKS) for half in self._pair.split(plain)]
        items = [item.strip(_MARKS) for half in halves for item in half.split(",")]
        items = [item for item in items if item.lower() not in self._polite]
        if len(items) > (1 if "," in plain else 2) and all(items) and all(len(item.split()) <= FEW for item in items):
            return items
        return halves if len(halves) == 2 and all(halves) else []

    def runs(self, text: str) -> list[str]:
        """The parts of what may be questions without a mark between them: “what was the dose did it work”. A guess."""
        words = straighten(text).split()
        starts = [0]
        for position in range(FEWEST, len(words)):
            after, following = position - starts[-1], " ".join(words[position : position + 3]).lower()
            what = after >= FEWEST and self._asks_what.match(following)
            if what or (after > FEWEST and self._asks_whether.match(following)):
                starts.append(position)
        return [" ".join(words[a:b]) for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]

    def follows_on(self, text: str) -> bool:
        """Whether the message leans on the one before (“and in Brescia?”)."""
        plain = straighten(text).lower().lstrip(_MARKS)
        return len(plain.split()) <= SHORT and bool(self._follow_on.match(plain))

    def points_back(self, text: str) -> bool:
        """Whether the message speaks of a place named before (“there”, but not “is there”)."""
        return bool(self._there.search(self._not_there.sub(" ", straighten(text).lower())))

    def leaning(self, text: str, named: Sequence[tuple[int, int]] = ()) -> Leaning | None:
        """How a clause leans on what was said before it; none if it says itself what it asks.

        Args:
            text: the clause.
            named: where in it something is named, a place or a concept.
        """
        plain = straighten(text).lower()
        words = plain.strip(_MARKS)
        if len(self._led.sub("", words, count=1).split()) > SHORT:
            return None
        asks = next((kind for kind, phrases in self._bare.items() if phrases.fullmatch(words)), None)
        opens = asks or self._follow_on.match(words)
        short = len(words.split()) <= FEW or self._points.search(words)
        if not opens and (not short or self._of_all.search(words)):
            return None
        rest = list(plain)
        for start, end in named:
            rest[start:end] = " " * (end - start)
        unnamed = "".join(rest)
        alone = not self._small.sub(" ", self._any_stand_in.sub(" ", unnamed)).strip(_MARKS)
        stand_ins = [concept for concept, phrases in self._stands_for.items() if alone and phrases.search(unnamed)]
        tells = not self._clause(plain, "?" in plain[-3:]).asks
        return Leaning(asks, alone, bool(self._follow_on.match(words)), tuple(stand_ins), tells)

    def asks_what_is(self, text: str, named: Sequence[tuple[int, int]]) -> bool:
        """Whether a text asks what the words named in it mean, and nothing else: “what is sepsis?”."""
        letters = list(straighten(text).lower())
        for start, end in named:
            letters[start:end] = "_" * (end - start)
        words = re.sub(r"_+(?:(?:\W|\band\b|\bor\b)*_+)*", " _ ", "".join(letters))
        return bool(named and self._defines.fullmatch(" ".join(re.sub(r"[^\w']", " ", words).split())))

    def named_in_full(self, text: str, name: str) -> str | None:
        """The text with what was named before in place of its pronoun; none if it has none."""
        full, times = self._pronoun.subn(lambda _: name, text, count=1)
        return full if times else None

    def asks_to_join(self, text: str) -> bool:
        """Whether a text asks whether somebody could take part, and nothing else: “can my wife join?”."""
        return bool(self._to_join.fullmatch(straighten(text).lower().strip(_MARKS)))

    def speaks_of_joining(self, text: str) -> bool:
        """Whether a text speaks of taking part: “could she join with gout?”, “does gout count against me?”."""
        return bool(self._joining_words.search(straighten(text).lower()))

    def greets(self, text: str) -> bool:
        """Whether the message opens with a greeting."""
        return bool(self._greeting.match(straighten(text).lower().lstrip(_MARKS)))

    def joins(self, between: str) -> bool:
        """Whether what stands between two words joins them: “and”, a comma, “or a”."""
        return bool(self._joining.fullmatch(straighten(between).lower()))

    def question_word(self, text: str) -> int:
        """Where the first question word stands, in characters; the end of the text if there is none."""
        found = self._question_word.search(straighten(text).lower())
        return found.start() if found else len(text)

    def _clause(self, text: str, ends_asking: bool) -> Clause:
        plain = text.lower().strip(_MARKS)
        asks = ends_asking or bool(self._asks.match(plain)) or bool(self._opens.search(plain))
        return Clause(text, asks, plain in self._general or plain.startswith(self._general_openings))
