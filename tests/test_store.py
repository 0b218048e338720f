"""Conversations are kept for a while, and forgotten when somebody asks or nobody goes on.

Each test runs twice: with an SQLite file, and with a real PostgreSQL server.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.pool import NullPool

from actions.trial import read_trial
from conversations.database import DATABASE, FOLDER, server
from conversations.events import Events, url_of
from conversations.retention import shared_time, unshared_time
from conversations.store import LAST_TURNS, ForgettingTrackerStore
from scripts.settings import HOME
from tests.postgresql import running_server

CANARY = "canary-7f3a"
DAY = 24 * 3600
#: SQLite's number for it.
FULL = 2
FORM, SLOT = "prescreen_form", "prescreen_answer"
with warnings.catch_warnings():
    # Rasa tells at each loading what it has ceased to do since its version 2.
    warnings.simplefilter("ignore")
    DOMAIN = Domain.load(HOME / "domain.yml")


@pytest.fixture(params=["sqlite", "postgresql"])
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the conversations, where there is one; with PostgreSQL a new database is set instead."""
    with suppress_server(monkeypatch) if request.param == "sqlite" else new_server(monkeypatch):
        yield tmp_path / "private" / "conversations.db"


@contextmanager
def suppress_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(DATABASE, raising=False)
    yield


@contextmanager
def new_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with running_server().new_database() as name:
        monkeypatch.setenv(DATABASE, running_server().address(name))
        yield


def store(file: Path) -> ForgettingTrackerStore:
    """A store in a file, or wherever TRIAL_GUIDE_DATABASE says."""
    return ForgettingTrackerStore(domain=DOMAIN, dialect="sqlite", db=str(file))


def left_of_it(file: Path, text: str = CANARY) -> list[str]:
    """The files in the folder of the conversations, or the tables, in which the canary still is."""
    there = server()
    if not there:
        return [path.name for path in file.parent.iterdir() if text.encode() in path.read_bytes()]
    engine = sa.create_engine(url_of(there), poolclass=NullPool)
    with engine.connect() as connection:
        tables = {
            name: connection.execute(sa.text(f"SELECT * FROM {name}")) for name in sa.inspect(engine).get_table_names()
        }
        return [name for name, rows in tables.items() if any(text in str(row) for row in rows)]


def said(sender: str, text: str, ago: float = 0) -> DialogueStateTracker:
    """A conversation in which one thing was said, some seconds ago."""
    tracker = DialogueStateTracker(sender, [])
    tracker.update(ActionExecuted("action_listen", timestamp=time.time() - ago - 1))
    tracker.update(UserUttered(text, timestamp=time.time() - ago))
    return tracker


def test_a_conversation_is_kept(file: Path) -> None:
    """What was said is there after a new start."""
    asyncio.run(store(file).save(said("one", CANARY)))
    tracker = asyncio.run(store(file).retrieve("one"))
    assert tracker is not None
    assert tracker.latest_message.text == CANARY


def test_a_restart_forgets(file: Path) -> None:
    """After a restart nothing of the conversation is in the file any more; others stay."""
    keeper = store(file)
    tracker = said("one", CANARY)
    asyncio.run(keeper.save(tracker))
    asyncio.run(keeper.save(said("two", "another")))
    assert left_of_it(file) != []
    tracker.update(Restarted())
    asyncio.run(keeper.save(tracker))
    assert asyncio.run(keeper.retrieve("one")) is None
    assert asyncio.run(keeper.retrieve("two")) is not None
    assert left_of_it(file) == []


def test_silence_forgets(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a start conversations are erased that nobody has gone on with for the time that is set."""
    asyncio.run(store(file).save(said("old", CANARY, ago=2 * 3600)))
    asyncio.run(store(file).save(said("new", "hello")))
    monkeypatch.setenv("TRIAL_GUIDE_KEEP_HOURS", "1")
    keeper = store(file)
    assert asyncio.run(keeper.retrieve("old")) is None
    assert asyncio.run(keeper.retrieve("new")) is not None
    assert left_of_it(file) == []


def test_the_folder_is_private(tmp_path: Path) -> None:
    """Only its owner may look into the folder of the conversations, and into the file."""
    file = tmp_path / "private" / "conversations.db"
    store(file)
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent)] == [0, 0]


def test_what_is_said_about_privacy_is_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The times that people are told are those after which things are erased, whatever is set; endpoints.yml, where
    the hours used to be, does not set them a second time.
    """
    for hours, days in ((24, 180), (7, 30)):
        monkeypatch.setenv("TRIAL_GUIDE_KEEP_HOURS", str(hours))
        monkeypatch.setenv("TRIAL_GUIDE_KEEP_DAYS", str(days))
        facts = read_trial().facts
        assert (facts["chat"]["kept"]["number"], facts["chat"]["kept"]["unit"]) == (hours, "hours")
        assert (facts["records"]["kept"]["number"], facts["records"]["kept"]["unit"]) == (days, "days")
        assert (unshared_time(), shared_time()) == (timedelta(hours=hours), timedelta(days=days))
    endpoints = yaml.safe_load((HOME / "endpoints.yml").read_text(encoding="utf-8"))
    assert "keep_hours" not in endpoints["tracker_store"]


def test_no_copies_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of those who were erased while many others came and went, not even the names of their
    conversations: SQLite moves rows and the entries of its indexes about, and leaves copies of them behind.
    """
    monkeypatch.delenv(DATABASE, raising=False)
    keeper = store(tmp_path / "conversations.db")
    events, conversations = keeper.SQLEvent.__table__, Events(keeper.engine)
    chance = random.Random(6)
    here: list[str] = []
    gone = []
    for number in range(300):
        here.append(f"{CANARY}-{number:03}" + "-" * chance.choice([0, 20, 150]))
        texts = [CANARY * chance.choice([1, 3, 20, 200]) for _ in range(chance.randint(1, 12))]
        about = {"sender_id": here[-1], "type_name": "user", "timestamp": time.time()}
        with keeper.engine.begin() as connection:
            connection.execute(sa.insert(events), [{**about, "data": text} for text in texts])
        if number % 3 == 2:
            gone.append(here.pop(chance.randrange(len(here))))
            conversations.erase([gone[-1]])
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [name for name in gone if name.rstrip("-").encode() in stored] == []
    assert [name for name in here if name.encode() not in stored] == []


# A conversation that was shared


def shared(sender: str, ago: float = 0) -> DialogueStateTracker:
    """A conversation that was shared some seconds ago, by a message of then."""
    tracker = said(sender, CANARY, ago)
    tracker.slots["shared"] = AnySlot("shared", mappings=[{}])
    tracker.update(SlotSet("shared", "RS-7KQ4-M2", timestamp=time.time() - ago))
    return tracker


def test_what_was_shared_is_kept_for_longer(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversation that was shared with the clinic is erased after the days that are set, and no sooner."""
    keeper = store(file)
    asyncio.run(keeper.save(shared("old", ago=2 * DAY + 60)))
    asyncio.run(keeper.save(shared("new", ago=2 * DAY - 60)))
    monkeypatch.setenv("TRIAL_GUIDE_KEEP_DAYS", "3")
    assert keeper.purge() == 0
    monkeypatch.setenv("TRIAL_GUIDE_KEEP_DAYS", "2")
    assert keeper.purge() == 1
    assert asyncio.run(keeper.retrieve("old")) is None
    assert asyncio.run(keeper.retrieve("new")) is not None


def test_an_empty_slot_shares_nothing(file: Path) -> None:
    """Where nothing was shared, or the slot was emptied, a conversation is one of those that were not shared."""
    keeper = store(file)
    tracker = shared("one", ago=2 * DAY)
    tracker.events.pop()
    tracker.update(SlotSet("shared", None, timestamp=time.time() - 2 * DAY))
    asyncio.run(keeper.save(tracker))
    assert keeper.purge() == 1
    assert left_of_it(file) == []


def test_sharing_again_counts_from_then(file: Path) -> None:
    """Who shares again is kept from then on; that the earlier time is noted once more changes nothing."""
    keeper = store(file)
    tracker = shared("one", 300)
    for ago in (100, 200):
        asyncio.run(keeper.save(tracker))
        tracker.update(SlotSet("shared", "RS-2222-22", timestamp=time.time() - ago))
    asyncio.run(keeper.save(tracker))
    at = Events(keeper.engine).shared_at("one")
    assert at
    assert abs(time.time() - 100 - at) < 20


def test_a_restart_forgets_that_it_was_shared(file: Path) -> None:
    """Nothing is left of a conversation that was shared and started again, nor that there was one."""
    keeper = store(file)
    tracker = shared("sender-8e1c")
    asyncio.run(keeper.save(tracker))
    assert left_of_it(file, "sender-8e1c") != []
    tracker.update(Restarted())
    asyncio.run(keeper.save(tracker))
    assert left_of_it(file) == left_of_it(file, "sender-8e1c") == []


def test_others_can_read_and_erase(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What knows nothing of Rasa reads a conversation in its order and erases it while Rasa has it open."""
    monkeypatch.setenv(FOLDER, str(file.parent))
    keeper = store(file)
    asyncio.run(keeper.save(said("one", CANARY)))
    asyncio.run(keeper.save(said("two", "another")))
    events = Events()
    assert [event["event"] for event in events.events("one")] == ["action", "user"]
    assert events.erase(["one", "nobody"]) == 1
    assert left_of_it(file) == []
    assert asyncio.run(keeper.retrieve("one")) is None
    assert asyncio.run(keeper.retrieve("two")) is not None


def test_others_before_rasa(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before Rasa was ever started there is nothing to read and nothing to erase; Rasa starts as usual then."""
    monkeypatch.setenv(FOLDER, str(file.parent))
    events = Events()
    events.mark_shared("one", datetime.now(timezone.utc))
    assert (events.events("one"), events.erase(["one"]), events.purge(), events.shared_at("one")) == ([], 0, 0, None)
    asyncio.run(store(file).save(said("one", CANARY)))
    assert len(events.events("one")) == 2


def test_many_begin_at_once(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes that open the conversations first at the same moment can all go on."""
    troubles: list[Exception] = []

    def begin(together: threading.Barrier) -> None:
        together.wait()
        try:
            assert Events().purge() == 0
        except Exception as error:
            troubles.append(error)

    for number in range(8):
        monkeypatch.setenv(FOLDER, str(tmp_path / str(number)))
        together = threading.Barrier(6)
        threads = [threading.Thread(target=begin, args=(together,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        there = server()
        if there:
            with sa.create_engine(url_of(there), poolclass=NullPool).begin() as connection:
                connection.execute(sa.text("DROP TABLE shared_conversations"))
    assert troubles == []


def test_a_killed_process_loses_nothing(file: Path, tmp_path: Path) -> None:
    """A turn that was saved is there, though the process was killed right afterwards."""
    program = (
        "import asyncio, os, signal\n"
        "from tests.test_store import store, said, Path\n"
        f"asyncio.run(store(Path({str(file)!r})).save(said('one', 'kept')))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=HOME, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    tracker = asyncio.run(store(file).retrieve("one"))
    assert tracker is not None
    assert tracker.latest_message.text == "kept"


def test_a_turn_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut takes no turn that was saved: each is on the disk before its reply goes out. What is deleted is
    overwritten even where the file cannot be written anew at once.
    """
    monkeypatch.delenv(DATABASE, raising=False)
    with store(tmp_path / "conversations.db").engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar() == FULL
        assert connection.execute(sa.text("PRAGMA secure_delete")).scalar() == 1


def test_a_server_that_was_away(file: Path) -> None:
    """Where the database server let its connections go, the next turn is stored as if nothing had been."""
    keeper = store(file)
    asyncio.run(keeper.save(said("one", "before")))
    if server():
        name = keeper.engine.url.database
        running_server().run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    asyncio.run(keeper.save(said("two", "after")))
    assert asyncio.run(keeper.retrieve("two")) is not None


# A long conversation


def begun(tracker: DialogueStateTracker) -> None:
    """What Rasa notes where a conversation begins."""
    note(tracker, [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")])


def note(tracker: DialogueStateTracker, events: Sequence[Event]) -> None:
    for event in events:
        tracker.update(event, DOMAIN)


def user(text: str, intent: str) -> UserUttered:
    return UserUttered(text, intent={"name": intent, "confidence": 1.0})


def opened(number: int) -> list[Event]:
    """The turn that opens a form."""
    return [
        user(f"begin {number}", "prescreen"),
        ActionExecuted(FORM),
        ActiveLoop(FORM),
        SlotSet("requested_slot", SLOT),
        BotUttered(f"question {number}"),
        SlotSet("prescreening", {"state": {"trail": [number]}}),
        ActionExecuted("action_listen"),
    ]


def answered(number: int) -> list[Event]:
    """A turn while the form is open."""
    return [
        user(f"answer {number}", "affirm"),
        SlotSet(SLOT, f"answer {number}"),
        ActionExecuted(FORM),
        SlotSet(SLOT, None),
        SlotSet("prescreening", {"state": {"trail": [number]}}),
        BotUttered(f"question {number}"),
        SlotSet("requested_slot", SLOT),
        ActionExecuted("action_listen"),
    ]


def closed(number: int) -> list[Event]:
    """The turn that ends the form."""
    return [
        user(f"stop {number}", "stop"),
        ActionExecuted(FORM),
        SlotSet("requested_slot", None),
        ActiveLoop(None),
        SlotSet("prescreen_stopped", True),
        ActionExecuted("action_prescreen_pause"),
        BotUttered(f"stopped {number}"),
        ActionExecuted("action_listen"),
    ]


def asked(number: int) -> list[Event]:
    """A turn outside the form."""
    return [
        user(f"dose {number}", "dose"),
        ActionExecuted("action_answer"),
        BotUttered(f"dose {number}"),
        SlotSet("talk", {"topic": "dose", "turn": number}),
        ActionExecuted("action_listen"),
    ]


def turns(count: int) -> list[list[Event]]:
    """A conversation: the language is chosen at the start and never again, and a form is opened and closed, with
    questions before, between and after.
    """
    made: list[list[Event]] = [[user("italiano", "language"), SlotSet("language", "it"), *asked(0)[1:]]]
    for number in range(1, count):
        place = number % 60
        turn = asked if place < 5 else opened if place == 5 else closed if place == 55 else answered
        made.append((asked if place > 55 else turn)(number))
    return made


def stamped(events: Sequence[Event]) -> list[tuple[str, float, Any]]:
    return [(event.type_name, event.timestamp, event.as_dict()) for event in events]


def stands(tracker: DialogueStateTracker) -> dict[str, Any]:
    """How a conversation stands, as Rasa's rules and the actions see it."""
    state = tracker.current_state()
    return {name: state[name] for name in ("slots", "latest_message", "active_loop", "latest_action", "paused")} | {
        "latest_event_time": state["latest_event_time"],
        # What a rule looks at: as far back as the last turn.
        "states": tracker.past_states(DOMAIN)[-2:],
    }


def test_a_long_conversation_stays_short_in_memory(file: Path) -> None:
    """Over 300 turns, with a form open and closed, Rasa sees the last turns alone, and yet all stands as it would
    if it saw everything: slots that were set once at the start, the form, its open question. Every event is stored,
    each once and in order. It does not matter whether the assistant was started anew in between.
    """
    keeper = store(file)
    whole = DialogueStateTracker("one", DOMAIN.slots)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(whole, list(tracker.events))
    sizes = []
    for number, events in enumerate(turns(300)):
        if number:
            tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
            assert stands(tracker) == stands(whole), number
            sizes.append(len(tracker.events))
        note(tracker, events)
        note(whole, events)
        asyncio.run(keeper.save(tracker))
        if number % 50 == 7:
            keeper.engine.dispose()
            keeper = store(file)
    assert max(sizes[100:]) <= max(sizes[:100])
    kept = asyncio.run(store(file).retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped(list(whole.events))


def test_the_last_turns_are_seen(file: Path) -> None:
    """What was said last is seen as it was said; of what was said before, only what opened the form."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(30):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    said = [event.text for event in seen.events if isinstance(event, UserUttered)]
    assert said == ["begin 5", *(f"answer {number}" for number in range(30 - LAST_TURNS, 30))]


def test_saving_twice_stores_once(file: Path) -> None:
    """A conversation that is saved again, whole or in part, is not stored twice."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(20):
        note(tracker, events)
        asyncio.run(keeper.save(tracker))
        asyncio.run(keeper.save(tracker))
    whole = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert whole is not None
    note(whole, asked(21))
    asyncio.run(keeper.save(whole))
    kept = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped([*tracker.events, *list(whole.events)[-5:]])


def test_a_turn_that_is_not_saved_leaves_nothing(file: Path) -> None:
    """A turn that got no reply is not kept: the next one goes on where the one before ended."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    for events in turns(20):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    lost = asyncio.run(keeper.retrieve("one"))
    assert lost is not None
    note(lost, [user(CANARY, "dose")])
    again = asyncio.run(keeper.retrieve("one"))
    assert again is not None
    note(again, asked(21))
    asyncio.run(keeper.save(again))
    kept = asyncio.run(keeper.retrieve_full_tracker("one"))
    assert kept is not None
    assert stamped(list(kept.events)) == stamped([*tracker.events, *list(again.events)[-5:]])
    assert left_of_it(file) == []


def test_slots_that_were_emptied_stay_empty(file: Path) -> None:
    """A slot that was set before all slots were emptied is empty; one that was set since is not."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [user("hello", "greet"), SlotSet("language", "it"), SlotSet("talk", "dose"), AllSlotsReset()])
    note(tracker, [SlotSet("talk", "sites"), ActionExecuted("action_listen")])
    for _ in range(10):
        note(tracker, [user("hello", "greet"), ActionExecuted("action_listen")])
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    assert (seen.get_slot("language"), seen.get_slot("talk")) == (None, "sites")


def test_a_new_session_begins_anew(file: Path) -> None:
    """Of a session before this one nothing stands but what Rasa has carried over."""
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [*opened(1), SlotSet("language", "it")])
    begun(tracker)
    note(tracker, [SlotSet("language", "en")])
    for number in range(10):
        note(tracker, asked(number))
    asyncio.run(keeper.save(tracker))
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    assert stands(seen) == stands(tracker)


def test_forgetting_a_long_conversation(file: Path) -> None:
    """After a restart nothing of a long conversation is left in any file of the folder, though only its last turns
    were in memory.
    """
    keeper = store(file)
    tracker = asyncio.run(keeper.get_or_create_tracker("one", append_action_listen=False))
    begun(tracker)
    note(tracker, [user(CANARY, "dose"), ActionExecuted("action_listen")])
    for events in turns(30):
        note(tracker, events)
    asyncio.run(keeper.save(tracker))
    assert left_of_it(file) != []
    seen = asyncio.run(keeper.retrieve("one"))
    assert seen is not None
    note(seen, [Restarted()])
    asyncio.run(keeper.save(seen))
    assert left_of_it(file) == []
    assert asyncio.run(keeper.retrieve("one")) is None
