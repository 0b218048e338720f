"""How a question leans on what was said before: what understanding passes on to the one who answers.

Apart from the rest, for the action server needs no more than this of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """What the talk before may make of a question that leans on it.

    Attributes:
        asks, alone, opens, may_mean, tells: as in understanding.clauses.Leaning.
        rule: the entry rule that what it names bears on.
        rivals: the topics that it may be about, likeliest first, each with its confidence.
    """

    asks: str | None = None
    alone: bool = False
    opens: bool = False
    may_mean: tuple[str, ...] = ()
    rule: str | None = None
    rivals: tuple[tuple[str, float], ...] = ()
    tells: bool = False
