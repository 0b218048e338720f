"""The benchmark's figures: percentiles, ratios, the table, and that both bots are measured alike."""

from __future__ import annotations

import os

import pytest

from benchmarks.figures import Figure, median, percentile, table, written
from benchmarks.memory import memory_of
from benchmarks.turns import LEVELS, TURNS, Load, by_round, figures, read_messages, rounds


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (0.05, 1), (0.5, 10), (0.95, 19), (0.951, 20), (1, 20)])
def test_percentile(share: float, expected: float) -> None:
    """A percentile is a measured value: the smallest that so many do not exceed, whatever their order."""
    assert percentile([float(value) for value in range(20, 0, -1)], share) == expected


def test_percentile_of_one_value() -> None:
    """Every percentile of one value is that value."""
    assert {percentile([7.0], share) for share in (0, 0.5, 0.95, 1)} == {7.0}


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.1), ([1.0], -0.1)])
def test_percentile_refuses(values: list[float], share: float) -> None:
    """No values, or a share that is none, have no percentile."""
    with pytest.raises(ValueError, match="at least one value, and a share from 0 to 1"):
        percentile(values, share)


def test_median() -> None:
    """The median of an even number of values is between the middle two."""
    assert median([3.0, 1.0, 2.0]) == 2.0
    assert median([4.0, 1.0, 2.0, 3.0]) == 2.5


def test_median_refuses_nothing() -> None:
    """No values have no median."""
    with pytest.raises(ValueError, match="at least one value"):
        median([])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "–"), (0.1234, "0.12"), (9.996, "10.00"), (12.34, "12.3"), (123.4, "123"), (1234.5, "1,234")],
)
def test_written(value: float | None, expected: str) -> None:
    """Values are shown as finely as they can be trusted."""
    assert written(value) == expected


def test_ratio() -> None:
    """The ratio is ours to theirs, and there is none where either is missing or theirs is nothing."""
    assert Figure("turn", "ms", 30, 40).ratio == 0.75
    assert Figure("turn", "ms", 30, None).ratio is None
    assert Figure("turn", "ms", None, 40).ratio is None
    assert Figure("turn", "ms", 30, 0).ratio is None


def test_table() -> None:
    """The table has a line for each figure, both values, their ratio and the note, in columns."""
    lines = table(
        [Figure("training", "s", 12.04, 48.2), Figure("messages", "/s", 40, None, "more is better")]
    ).splitlines()
    assert lines[0].split() == ["unit", "ours", "rasa", "init", "ratio"]
    assert lines[2].split() == ["training", "s", "12.0", "48.2", "0.25"]
    assert lines[3].split() == ["messages", "/s", "40.0", "–", "–", "more", "is", "better"]
    assert lines[2].index("12.0") == lines[3].index("40.0")


def test_nobody_is_always_first() -> None:
    """The bots take turns at being measured first."""
    assert list(rounds(3)) == [(0, 1), (1, 0), (0, 1)]


def test_chats_are_alike() -> None:
    """Both bots are asked equally much, once through their lists."""
    lists = read_messages()
    assert {len(messages) for messages in lists.values()} == {TURNS}


def test_figures_of_a_load() -> None:
    """A load gives median, 95th percentile and throughput in its units, and says what was left unanswered."""
    ours = Load(turns=[[0.010, 0.020], [0.030, 0.040]], seconds=0.1)
    theirs = Load(turns=[[0.050, 0.050], [0.050, 0.100]], seconds=0.4, silent=1)
    typical, slow, throughput = figures({LEVELS[0]: (ours, theirs)})
    assert [line.ours for line in (typical, slow, throughput)] == pytest.approx([20, 40, 40])
    assert [line.theirs for line in (typical, slow, throughput)] == pytest.approx([50, 100, 10])
    assert typical.note == "rasa init left 1 unanswered"
    assert by_round({1: (ours, theirs)}) == {"1": {"ours": [15.0, 35.0], "theirs": [50.0, 75.0]}}


def test_memory_of_this_process() -> None:
    """A process that runs takes memory; shared pages make its share less than what is resident."""
    memory = memory_of([os.getpgrp()])
    assert memory.rss > 1
    assert memory.pss is None or 0 < memory.pss <= memory.rss


def test_memory_of_nothing() -> None:
    """No processes take no memory."""
    assert memory_of([]).rss == 0
