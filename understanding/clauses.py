"""How a message divides: its clauses, and which of them ask something."""

from __future__ import annotations

import re
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
_SENTENCE = re.compile(r"[^.?!;\n]+(?:\.(?=\d)[^.?!;\n]+)*[.?!;\n]*")
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


def _either(words: list[str]) -> str:
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
        self._pair = re.compile(rf",?\s+(?:{_either(words['pairs'])})\s+", re.I)
        self._general = {straighten(phrase).lower() for phrase in words["general"]}
        self._general_openings = tuple(words["general_openings"])
        self._follow_on = re.compile(rf"^(?:{_either(words['follow_on'])})\b")
        self._there = re.compile(rf"\b(?:{_either(words['there'])})\b")

    @classmethod
    def load(cls, lexicon: Path, language: str) -> ClauseReader:
        """Reads the words of a language."""
        return cls(read_yaml(lexicon / language / "clauses.yml"))

    def divide(self, text: str) -> list[Clause]:
        """The clauses of a message, the last eight."""
        clauses: list[Clause] = []
        for sentence in _SENTENCE.findall(straighten(text)):
            parts = self._join.split(sentence)
            if len(sentence.split()) > LONG:
                parts = [piece for part in parts for piece in self._break.split(part)]
            parts = self._with_lead([part for part in parts if part and part.strip(_MARKS)])
            for number, part in enumerate(parts):
                ends_asking = number == len(parts) - 1 and "?" in sentence[-3:]
                clauses.append(self._clause(part.strip(), ends_asking))
        return clauses[-MOST_CLAUSES:]

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

    def pair(self, text: str) -> tuple[str, str] | None:
        """The halves of “the dose and the side effects”, if there are just two."""
        halves = [half.strip(_MARKS) for half in self._pair.split(straighten(text))]
        return (halves[0], halves[1]) if len(halves) == 2 and all(halves) else None

    def follows_on(self, text: str) -> bool:
        """Whether the message leans on the one before (“and in Brescia?”)."""
        plain = straighten(text).lower().lstrip(_MARKS)
        return len(plain.split()) <= SHORT and bool(self._follow_on.match(plain))

    def points_back(self, text: str) -> bool:
        """Whether the message speaks of a place named before (“there”)."""
        return bool(self._there.search(straighten(text).lower()))

    def question_word(self, text: str) -> int:
        """Where the first question word stands, in characters; the end of the text if there is none."""
        found = self._question_word.search(straighten(text).lower())
        return found.start() if found else len(text)

    def _clause(self, text: str, ends_asking: bool) -> Clause:
        plain = text.lower().strip(_MARKS)
        asks = ends_asking or bool(self._asks.match(plain)) or bool(self._opens.search(plain))
        return Clause(text, asks, plain in self._general or plain.startswith(self._general_openings))
