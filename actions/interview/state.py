"""What is kept of a pre-screening between two turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

OPEN, STOPPED, FINISHED = "open", "stopped", "finished"


@dataclass
class State:
    """A pre-screening, as it lives in a slot: plain values only.

    Attributes:
        on: the day of the screening, YYYY-MM-DD.
        status: open, stopped (can be taken up again) or finished.
        answers: by answer key; laboratory numbers as they were written.
        skipped: keys that the person passed over, each with how: dont_know, rather_not.
        rough: dates that were said roughly, by answer key: what was `said`, the `day` it comes to, and how many days
            `by` may be meant before or after it.
        trail: the keys in the order in which they were answered or skipped, for “back”.
        key: the question that is open, or was when it stopped.
        half: a laboratory result that still waits for its upper limit.
        doubted: whether the answer to the open question spoke for a yes and for a no.
        tries: how often the open question was answered with something that could not be taken.
        disputed: the question whose newest answer contradicted another one, and which is asked again.
        for_another: whether the person has been told that “you” means the patient.
        told_out: whether the person has been told that an answer settles the outcome.
        begun: when it began, in seconds since 1970: the time of the message with which the talk about it begins.
    """

    on: str
    status: str = OPEN
    answers: dict[str, Any] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    rough: dict[str, dict[str, Any]] = field(default_factory=dict)
    trail: list[str] = field(default_factory=list)
    key: str | None = None
    half: dict[str, Any] | None = None
    doubted: bool = False
    tries: int = 0
    disputed: str | None = None
    for_another: bool = False
    told_out: bool = False
    begun: float | None = None

    @property
    def day(self) -> date:
        """The day of the screening."""
        return date.fromisoformat(self.on)

    def judged(self) -> dict[str, Any]:
        """The answers as the rules take them: laboratory numbers exact."""
        return exacted(self.answers)

    def as_dict(self) -> dict[str, Any]:
        """For the slot."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> State | None:
        """From the slot; None where there was no pre-screening."""
        return cls(**value) if value else None


def plain(value: Any) -> Any:
    """An answer as the slot keeps it: exact numbers as text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items() if part is not None}
    return value


def exacted(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as the rules take them: laboratory numbers exact."""
    return {key: _exact(value) for key, value in answers.items()}


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping) and "unit" in value:
        numbers = {key: Decimal(str(part)) for key, part in value.items() if key != "unit"}
        return {**numbers, "unit": value["unit"]}
    return value
