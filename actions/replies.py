"""A reply: its text, its buttons and the `custom` object that tells a page or a test what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Button:
    """A next question to press; ``payload`` is Rasa's: an intent, with entities where it needs them."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """What is said in one turn.

    Attributes:
        kind: answer, not_in_sources, medical_advice, … (README, “What a reply carries”).
        text: what a person reads.
        language: of the text.
        topic, sources, criterion: of an answer, where it has them.
        buttons: what may be asked next.
        also: topics of the further questions answered in the same reply.
        question: the pre-screening question that is open, as ``custom.question``.
        verdict: the verdict of a pre-screening.
        figure: the picture that goes with an answer.
    """

    kind: str
    text: str
    language: str
    topic: str | None = None
    sources: tuple[str, ...] = ()
    criterion: str | None = None
    buttons: tuple[Button, ...] = ()
    also: tuple[Mapping[str, Any], ...] = ()
    question: Mapping[str, Any] | None = None
    verdict: Mapping[str, Any] | None = None
    figure: Mapping[str, str] | None = None

    def custom(self) -> dict[str, Any]:
        """The reply's `custom` object."""
        custom: dict[str, Any] = {"kind": self.kind, "language": self.language}
        if self.topic and self.kind in ("answer", "not_in_sources"):
            custom["topic"] = self.topic
        if self.kind == "answer":
            custom["sources"] = list(self.sources)
        if self.criterion:
            custom["criterion"] = self.criterion
        if self.question:
            custom["question"] = dict(self.question)
        if self.verdict:
            custom["verdict"] = dict(self.verdict)
        if self.figure:
            custom["figure"] = dict(self.figure)
        if self.also:
            custom["also"] = [dict(other) for other in self.also]
        return custom
