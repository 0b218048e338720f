"""What reading an answer can come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal[
    "unreadable",
    "future",
    "too_low",
    "too_high",
    "no_such_date",
    "vague",
    "no_unit",
    "implausible",
    "order",  # of a blood pressure: the first number must be the higher one
    "several",
    "contrary",  # a yes or no with words that say otherwise
]
Refusal = Literal["dont_know", "rather_not"]


@dataclass(frozen=True)
class Understood:
    """The answer, in the form in which the pre-screening takes it.

    Attributes:
        value: the answer.
        about: of a date that was said roughly (“about six weeks ago”): the day that comes to, and how many days
            before or after it may be meant. `value` is then the month.
    """

    value: Any
    about: tuple[str, int] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class NotUnderstood:
    """No answer that can be relied on, and why."""

    reason: Reason


@dataclass(frozen=True)
class Skipped:
    """The person does not know, or would rather not say."""

    how: Refusal


Reading = Understood | NotUnderstood | Skipped
UNREADABLE = NotUnderstood("unreadable")
CONTRARY = NotUnderstood("contrary")
