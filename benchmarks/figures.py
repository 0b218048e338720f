"""What was measured, as figures: percentiles, ratios, and the table that is printed."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

#: Headings of the table.
OURS, THEIRS = "ours", "rasa init"


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: what was measured.
        unit: of both values.
        ours, theirs: the values; None where one was not measured.
        note: what a reader must know with it.
    """

    what: str
    unit: str
    ours: float | None
    theirs: float | None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours divided by theirs; None if either is missing or theirs is nothing."""
        return self.ours / self.theirs if self.ours is not None and self.theirs else None

    def as_dict(self) -> dict[str, Any]:
        """For a JSON file."""
        return {**asdict(self), "ratio": None if self.ratio is None else round(self.ratio, 3)}


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of the values do not exceed: the nearest rank.

    Raises:
        ValueError: if there are no values, or the share is not from 0 to 1.
    """
    ranked = sorted(values)
    if not ranked or not 0 <= share <= 1:
        raise ValueError("A percentile takes at least one value, and a share from 0 to 1.")
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def median(values: Iterable[float]) -> float:
    """The middle value; of an even number the mean of the middle two."""
    ranked = sorted(values)
    if not ranked:
        raise ValueError("A median takes at least one value.")
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2


def written(value: float | None) -> str:
    """A value in three figures, as a person reads it; a dash for what was not measured."""
    if value is None:
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def table(figures: Sequence[Figure]) -> str:
    """The figures side by side, a line each."""
    rows = [("", "unit", OURS, THEIRS, "ratio", "")]
    rows += [
        (
            figure.what,
            figure.unit,
            written(figure.ours),
            written(figure.theirs),
            "–" if figure.ratio is None else f"{figure.ratio:.2f}",
            figure.note,
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = []
    for row in rows:
        words = [row[0].ljust(widths[0]), row[1].ljust(widths[1])]
        words += [row[column].rjust(widths[column]) for column in (2, 3, 4)]
        lines.append("  ".join([*words, row[5]]).rstrip())
    return "\n".join([lines[0], "─" * max(map(len, lines)), *lines[1:]])


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
    }
