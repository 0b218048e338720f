"""What was kept for as long as it may be is erased."""

from __future__ import annotations

import shutil
import subprocess
import threading
from datetime import datetime, timedelta, timezone

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from conversations.events import Events
from conversations.retention import keep_days, keep_hours
from records import erasing
from records.audit import verify
from records.erasing import Purged, exports_folder, purge, purge_from_now_on
from records.models import AuditEntry, Line, Record
from records.sharing import share
from scripts.settings import HOME
from tests.records.places import Place
from tests.records.samples import BEGUN, a_shared
from tests.records.talk import conversation, rasa_store

HOUR = 3600.0
DAY = 24 * HOUR


def at(days: float) -> datetime:
    """Some days from now."""
    return datetime.now(timezone.utc) + timedelta(days=days)


def aged(reference: str, days: float) -> str:
    """A record as if it had been shared so many days ago."""
    Record.objects.filter(reference=reference).update(shared_at=at(-days))
    return reference


def kept(*senders: str) -> list[str]:
    """Of some conversations those of which anything is stored."""
    events = Events()
    return [sender for sender in senders if events.events(sender) or events.shared_at(sender)]


def test_silence_forgets(place: Place) -> None:
    """A conversation that was not shared is erased after the hours that are set, and no sooner."""
    with rasa_store() as store:
        conversation(store, "over", ["hello"], ago=keep_hours() * HOUR + 60)
        conversation(store, "not over", ["hello"], ago=keep_hours() * HOUR - 60)
        # Rasa has purged at its start; nobody has since.
    assert purge().conversations == 1
    assert kept("over", "not over") == ["not over"]


def test_what_was_shared_is_kept_for_longer(place: Place) -> None:
    """A conversation that was shared, and its record, are erased after the days that are set, and no sooner."""
    with rasa_store() as store:
        conversation(store, "page-one", ["hello"], reference="RS-7KQ4-M2", ago=2 * DAY)
    share(a_shared())
    assert purge() == Purged(0, 0, 0)
    assert purge(at(keep_days() - 2.01)) == Purged(0, 0, 0)
    # The conversation was shared two days before the record, in this test.
    assert purge(at(keep_days() - 1.99)) == Purged(1, 0, 0)
    assert kept("page-one") == []
    assert purge(at(keep_days() - 0.01)) == Purged(0, 0, 0)
    assert purge(at(keep_days() + 0.01)) == Purged(0, 1, 0)
    assert (Record.objects.count(), Line.objects.count()) == (0, 0)


def test_with_the_record_goes_all_of_it(place: Place) -> None:
    """With a record whose time is over its transcript, conversation and exports go, and the trail tells it."""
    with rasa_store() as store:
        conversation(store, "page-one", ["hello"], reference="RS-7KQ4-M2")
    reference = aged(share(a_shared()), keep_days() + 1)
    export = exports_folder() / f"{reference}.pdf"
    export.parent.mkdir()
    export.touch()
    assert purge() == Purged(1, 1, 0)
    assert kept("page-one") == []
    assert not export.exists()
    entry = AuditEntry.objects.last()
    assert entry
    assert (entry.actor, entry.action, entry.subject) == ("system", "purge", reference)
    assert verify() == []


def test_a_newer_record_keeps_the_conversation(place: Place) -> None:
    """Where somebody shared twice, the conversation goes with the newer record."""
    with rasa_store() as store:
        conversation(store, "page-one", ["hello"], reference="RS-7KQ4-M2")
    aged(share(a_shared()), keep_days() + 1)
    newer = share(a_shared(begun_at=BEGUN + timedelta(hours=1)))
    assert purge() == Purged(0, 1, 0)
    assert kept("page-one") == ["page-one"]
    aged(newer, keep_days() + 1)
    assert purge() == Purged(1, 1, 0)
    assert kept("page-one") == []


def test_the_times_can_be_set(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that keeps for less time has less kept."""
    with rasa_store() as store:
        conversation(store, "unshared", ["hello"], ago=2 * HOUR)
    share(a_shared())
    monkeypatch.setenv("TRIAL_GUIDE_KEEP_HOURS", "1")
    monkeypatch.setenv("TRIAL_GUIDE_KEEP_DAYS", "7")
    assert purge(at(6.9)) == Purged(1, 0, 0)
    assert purge(at(7.1)) == Purged(0, 1, 0)


def test_before_anything_was_said(place: Place) -> None:
    """Where nobody has said anything yet there is nothing to erase, and that is no error."""
    assert purge() == Purged(0, 0, 0)


def test_sessions_that_have_ended(place: Place) -> None:
    """Sessions of the console that have ended are erased, those that go on are not."""
    for seconds in (-60, 3600):
        session = SessionStore()
        session.set_expiry(seconds)
        session.create()
    assert purge().sessions == 1
    assert Session.objects.count() == 1


def test_the_command(place: Place) -> None:
    """`make purge` erases, and says how much in numbers alone."""
    with rasa_store() as store:
        conversation(store, "page-over", ["hello"], ago=keep_hours() * HOUR + 60)
    reference = aged(share(a_shared()), keep_days() + 1)
    assert shutil.which("make")
    command = ["make", "-s", "-o", "install", "purge"]
    done = subprocess.run(command, cwd=HOME, env=place.environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Erased: conversations 1, records 1, sessions 0.\n"
    assert not Record.objects.filter(reference=reference).exists()
    wrong = {**place.environment, "TRIAL_GUIDE_KEEP_DAYS": "for ever"}
    refused = subprocess.run(command, cwd=HOME, env=wrong, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "TRIAL_GUIDE_KEEP_DAYS is “for ever”. It must be a whole number of days from 1 to 3650" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_long_run_purges_too(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A process that runs for long purges at once and then again and again, also after it has failed once; what is
    noted of the failure quotes nobody.
    """
    until = threading.Event()
    calls: list[int] = []

    def purge_or_fail() -> None:
        calls.append(len(calls))
        if len(calls) == 2:
            raise OSError("Ada Rossi")
        if len(calls) == 4:
            until.set()

    monkeypatch.setattr(erasing, "purge", purge_or_fail)
    thread = purge_from_now_on(0.01, until)
    thread.join(10)
    assert not thread.is_alive()
    assert len(calls) == 4
    assert caplog.messages == ["What is over could not be erased (OSError)."]
