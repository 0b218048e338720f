"""How much longer a turn takes late in a conversation than early in it.

The conversation is a pre-screening that is interrupted again and again, the longest there is here: each answer is
taken, or the question asked in between is answered, and the open question is put again. It is talked over and over:
“go back” leads to the question before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import requests

from benchmarks.figures import Figure, median
from scripts.settings import Trouble

#: The turns that are compared, and how many on from each count for it: one round of the messages.
EARLY, LATE = 5, 200
BEGINNING = "/prescreen"
#: What is said, round and round, after the beginning.
ROUND = ("I am 64", "What was the dose?", "why do you ask?", "go back")
#: Seconds until a reply is given up.
PATIENCE = 60

Replies = list[dict[str, Any]]
Say = Callable[[str, str], Replies]


@dataclass(frozen=True)
class Growth:
    """What was measured.

    Attributes:
        early, late: milliseconds of a turn, the median over all conversations.
    """

    early: float
    late: float

    @property
    def ratio(self) -> float:
        """How many times as long the late turn takes."""
        return self.late / self.early

    def figures(self) -> list[Figure]:
        """As lines of the table; the bot of rasa init has no conversation as long."""
        return [
            Figure(f"turn {EARLY} of a pre-screening", "ms", self.early, None),
            Figure(f"turn {LATE} of a pre-screening", "ms", self.late, None, f"{self.ratio:.2f} times as long"),
        ]


def messages(count: int = LATE + len(ROUND) - 1) -> Sequence[str]:
    """What is said, a message a turn."""
    return [BEGINNING, *islice(cycle(ROUND), count - 1)]


def measure(say: Say, conversations: int, note: Callable[[str], None] = lambda told: None) -> Growth:
    """Talks so many conversations, one after another, to their end.

    Raises:
        Trouble: if there is no reply, or the pre-screening is not open any more, so that turns are not alike.
    """
    early: list[float] = []
    late: list[float] = []
    for number in range(1, conversations + 1):
        note(f"conversation {number} of {conversations}")
        seconds = _conversation(say, f"growth-{time.monotonic_ns()}")
        early += seconds[EARLY - 1 : EARLY - 1 + len(ROUND)]
        late += seconds[LATE - 1 : LATE - 1 + len(ROUND)]
    return Growth(1000 * median(early), 1000 * median(late))


def _conversation(say: Say, sender: str) -> list[float]:
    seconds = []
    for message in messages():
        began = time.perf_counter()
        replies = say(sender, message)
        seconds.append(time.perf_counter() - began)
        if not any("question" in (reply.get("custom") or {}) for reply in replies):
            raise Trouble(f"After “{message}”, turn {len(seconds)}, no question of the pre-screening is open.")
    return seconds


def by_rest(webhook: str) -> Say:
    """Says something over REST."""
    session = requests.Session()

    def say(sender: str, message: str) -> Replies:
        try:
            response = session.post(webhook, json={"sender": sender, "message": message}, timeout=PATIENCE)
            response.raise_for_status()
            replies: Replies = response.json()
        except (requests.RequestException, ValueError) as error:
            raise Trouble(f"There was no reply to “{message}” ({error!r}).") from error
        return replies

    return say
