"""The benchmark's figures: percentiles, ratios, the table, and that both bots are measured alike."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import yaml

from benchmarks import classifiers, growth, page
from benchmarks.bots import RasaInit
from benchmarks.figures import Figure, median, percentile, table, written
from benchmarks.memory import memory_of
from benchmarks.turns import LEVELS, TURNS, Load, by_round, figures, read_messages, rounds
from scripts.settings import Trouble
from understanding.questions import OUT_OF_SCOPE


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


def test_growth_compares_the_same_messages() -> None:
    """Early and late, each message of the round is timed once, so that like is compared with like."""
    said = growth.messages()
    length = len(growth.ROUND)
    early = said[growth.EARLY - 1 : growth.EARLY - 1 + length]
    late = said[growth.LATE - 1 : growth.LATE - 1 + length]
    assert sorted(early) == sorted(late) == sorted(growth.ROUND)


def test_growth_is_measured() -> None:
    """Every conversation has a sender of its own and is talked to its end."""
    senders: dict[str, int] = {}

    def say(sender: str, message: str) -> growth.Replies:
        senders[sender] = senders.get(sender, 0) + 1
        return [{"text": "…"}, {"custom": {"kind": "question", "question": {"key": "age_years"}}}]

    found = growth.measure(say, 2)
    assert list(senders.values()) == [len(growth.messages())] * 2
    assert found.ratio == found.late / found.early


def test_growth_without_an_open_question_is_not_measured() -> None:
    """Where the pre-screening is over, turns are not alike, and that is said."""
    with pytest.raises(Trouble, match="no question of the pre-screening is open"):
        growth.measure(lambda sender, message: [{"custom": {"kind": "answer"}}], 1)


def test_figures_of_the_page() -> None:
    """What is sent is told in all and by kind, and times as the median of all openings and answers."""
    openings = [
        page.Opening({"Document": 4000, "Stylesheet": 3000, "Script": 6000, "Image": 900}, 1000, live)
        for live in (1500, 1700, 9000)
    ]
    told = dict(line.strip().rsplit(None, 2)[:2] for line in page.lines(page.Times(openings, [900, 800], [30, 20, 40])))
    assert told["sent until the chat is there"] == "13.0"
    assert told["of which JavaScript"] == "6.00"
    assert told["chat can be used (400 kbit/s, 400 ms)"] == "1,700"
    assert told["answer in the page, median (400 kbit/s, 400 ms)"] == "850"
    assert told["answer in the page, 95% within (this machine)"] == "40.0"


def test_both_bots_keep_conversations_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot of rasa init has a store that it can import, or it would keep conversations in memory, which is quick."""
    bot = RasaInit(tmp_path)
    monkeypatch.setattr(bot, "_rasa", lambda *arguments: None)
    bot.prepare()
    (written,) = tmp_path.rglob("endpoints.yml")
    store = yaml.safe_load(written.read_text(encoding="utf-8"))["tracker_store"]
    assert store == {"type": "SQL", "dialect": "sqlite", "db": str(bot.settings.conversations)}


def test_every_phrase_is_held_out_once() -> None:
    """Each phrase is read by one model, which was trained without it."""
    assert (np.sum(classifiers.folds(103), axis=0) == 1).all()


def test_score_of_a_classifier() -> None:
    """Accuracy counts phrases about the trial; what is off topic counts as answered from the threshold on."""
    topics = ["dose", "sites", OUT_OF_SCOPE]
    found = np.array([[0.9, 0, 0], [0.2, 0.8, 0], [0.7, 0.1, 0], [0.8, 0, 0.1], [0, 0.1, 0.6]], np.float32)
    one = classifiers.score("one", found, np.array([0, 1, 1, 2, 2]), topics)
    assert one.accuracy == pytest.approx(2 / 3)
    assert one.off_topic_answered == pytest.approx(1 / 2)
    assert classifiers.table([one])[1].split() == ["one", "66.7%", "50.0%"]
