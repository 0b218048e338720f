"""The clinic's numbers are counted, and nothing but numbers."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from records import counting
from records.counting import OTHER, What, by_day, count, counts, flush
from records.models import Count
from scripts.settings import HOME
from tests.records.places import Place

DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _all_counted() -> Iterator[None]:
    """Nothing waits from one test to the next."""
    assert flush()
    yield
    assert flush()


def test_numbers_add_up(place: Place) -> None:
    """What happens again on the same day is counted in the same row, whoever counts; each day has its own."""
    for _ in range(3):
        count(What.SKIPPED, "labs_date", DAY)
    assert flush()
    count(What.SKIPPED, "labs_date", DAY)
    count(What.SKIPPED, "ecog", DAY)
    count(What.SKIPPED, "ecog", DAY + timedelta(days=1))
    count(What.BEGUN)
    assert flush()
    assert set(Count.objects.values_list("day", "what", "key", "number")) == {
        (DAY, "skipped", "labs_date", 4),
        (DAY, "skipped", "ecog", 1),
        (DAY + timedelta(days=1), "skipped", "ecog", 1),
        (date.today(), "begun", "", 1),
    }


def test_a_stretch_of_days(place: Place) -> None:
    """Numbers are given by key for a stretch of days, the first and the last included, and day by day."""
    for number in range(5):
        count(What.FINISHED, "", DAY + timedelta(days=number))
    count(What.OUTCOME, "unclear", DAY + timedelta(days=1))
    assert flush()
    found = counts(DAY + timedelta(days=1), DAY + timedelta(days=3))
    assert found["finished"] == {"": 3}
    assert found["outcome"] == {"unclear": 1}
    assert set(found) == set(What.values)
    assert by_day(What.FINISHED, DAY, DAY + timedelta(days=1)) == {DAY: 1, DAY + timedelta(days=1): 1}


@pytest.mark.parametrize("said", ["my number is 347 123 4567", "Ada", "a b", "x" * 61, "<b>", "è"])
def test_nothing_that_anybody_said(place: Place, said: str) -> None:
    """What is no plain name of a question, topic or outcome is counted, and not kept."""
    count(What.UNCLEAR, said, DAY)
    assert flush()
    assert list(Count.objects.values_list("key", "number")) == [(OTHER, 1)]


def test_no_conversation_waits(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counting returns at once while the database is busy, and all is counted afterwards."""
    go_on = threading.Event()
    store = counting._store

    def wait_and_store(*arguments: object) -> None:
        go_on.wait(10)
        store(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(counting, "_store", wait_and_store)
    start = time.monotonic()
    for _ in range(500):
        count(What.BEGUN, "", DAY)
    assert time.monotonic() - start < 0.5
    assert not flush(0.05)
    go_on.set()
    assert flush()
    assert Count.objects.get().number == 500


def test_counting_never_fails(place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong with a number, the conversation goes on, and the log quotes nothing."""

    def fail(*_: object) -> None:
        raise OSError("Ada Rossi")

    with monkeypatch.context() as patch:
        patch.setattr(counting, "_store", fail)
        count(What.BEGUN)
        assert flush()
    count("no such thing", "Ada Rossi")
    monkeypatch.setattr(counting, "_waiting", queue.Queue(1))
    counting._waiting.put_nowait((DAY, "begun", ""))
    count(What.BEGUN)
    counting._waiting.get()
    counting._waiting.task_done()
    assert caplog.messages == [
        "1 could not be counted (OSError).",
        "Something could not be counted (ValueError).",
        "Something could not be counted (Full).",
    ]
    assert Count.objects.count() == 0


def test_after_a_failure_it_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a number was lost the next ones are counted."""
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_store", lambda *_: 1 / 0)
        count(What.BEGUN)
        assert flush()
    count(What.BEGUN)
    assert flush()
    assert Count.objects.get().number == 1


def test_the_end_of_a_process_waits(place: Place) -> None:
    """What was to be counted when a process ends is counted; nobody has to set Django up."""
    program = "from records.counting import count\nfor _ in range(20): count('begun')"
    environment = {name: value for name, value in place.environment.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-c", program], cwd=HOME, env=environment, check=True)
    assert Count.objects.get().number == 20
