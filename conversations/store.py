"""Rasa's SQL tracker store, which can forget, and in which a long conversation is as quick as a short one.

Rasa keeps every event for good. Here a conversation that is started again, or whose person asks to be forgotten, is
erased from the database, and so is any that nobody has gone on with for some hours. One that was shared with the
clinic is kept for some days from then (conversations/retention.py; conversations/events.py erases).

It is an SQLite file, as endpoints.yml says, or the PostgreSQL database of TRIAL_GUIDE_DATABASE.

Rasa reads, replays and sends to the action server all events of a conversation at each turn. Here it is given the
last turns, and before them what the events before them come to: the slots and the form as they stand. All events
stay in the database, and a turn adds its own.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from conversations.database import private_file, server
from conversations.events import PATIENCE, Events, mark_shared, set_up_sqlite, url_of

#: Seconds between two looks for conversations whose time is over.
HOURLY = 3600
#: The slot that holds the reference of what was shared.
SHARED = "shared"
#: Turns before the present one that Rasa sees of a conversation. Its rules look back one.
LAST_TURNS = 3


class KeptTracker(DialogueStateTracker):
    """A conversation out of the store, or a new one for it.

    Attributes:
        known: how many of its events, from the first, need not be stored any more.
    """

    known = 0


class ForgettingTrackerStore(SQLTrackerStore):
    """Keeps a conversation until it is restarted, or its time is over."""

    engine: sa.engine.Engine

    def __init__(self, *args: Any, db: str = "conversations.db", **kwargs: Any) -> None:
        there = server()
        if there:
            # Rasa takes a whole address for the host.
            kwargs["host"] = url_of(there).render_as_string(hide_password=False)
        elif kwargs.get("dialect", "sqlite") == "sqlite":
            # Only its owner may look into the folder.
            private_file(Path(db))
        super().__init__(*args, db=db, **kwargs)
        self._purged = 0.0
        self._open_for_good()
        self._events = self.SQLEvent.__table__
        self._conversations = Events(self.engine)
        # Put together once: that takes as long as asking.
        self._listenings = _listenings(self._events)
        self._from_one_on = _from_one_on(self._events)
        self._telling_before = _telling_before(self._events)
        with self.engine.begin() as connection:
            _index(self._events).create(connection, checkfirst=True)
        self.purge()

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """A conversation in which nothing has been said."""
        return KeptTracker(sender_id, self.domain.slots, self.max_event_history)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation as Rasa needs it to go on: how it stands, and its last turns; None if there is none."""
        with self.session_scope() as session:
            start = self._start_of_last_turns(session, sender_id)
            if start is None:
                return self._tracker(sender_id, self._stored(session, sender_id))
            before = _standing(self._stored_before(session, sender_id, start))
            return self._tracker(sender_id, [*before, *self._stored(session, sender_id, start)])

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """The whole conversation, with all that was said; None if there is none."""
        with self.session_scope() as session:
            return self._tracker(conversation_id, self._stored(session, conversation_id))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores what is new of a conversation; erases all of it where it was started again."""
        await self.stream_events(tracker)
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker))
            restarted = any(isinstance(event, Restarted) for event in new)
            if new and not restarted:
                session.execute(sa.insert(self._events), [_row(tracker.sender_id, event) for event in new])
                shared = max((event.timestamp for event in new if _shares(event)), default=None)
                if shared is not None:
                    mark_shared(session.connection(), tracker.sender_id, shared)
                session.commit()
        if restarted:
            await self.delete(tracker.sender_id)
        if isinstance(tracker, KeptTracker):
            tracker.known = len(tracker.events)
        if time.time() - self._purged > HOURLY:
            self.purge()

    async def delete(self, sender_id: str) -> None:
        """Erases a conversation. Others can go on meanwhile."""
        await asyncio.to_thread(self._conversations.erase, [sender_id])

    def purge(self) -> int:
        """Erases the conversations whose time is over; gives their number."""
        self._purged = time.time()
        return self._conversations.purge(self._purged)

    def _open_for_good(self) -> None:
        """Opens the file once, not for each reading and writing as SQLAlchemy does by itself.

        A server may have been started anew since: its connections are tried before they are used.
        """
        self.engine.dispose()
        if self.engine.dialect.name == "sqlite":
            at_hand = {"check_same_thread": False, "timeout": PATIENCE}
            self.engine = sa.create_engine(self.engine.url, poolclass=QueuePool, connect_args=at_hand)
            sa.event.listen(self.engine, "connect", set_up_sqlite)
        else:
            self.engine = sa.create_engine(self.engine.url, pool_pre_ping=True)
        self.sessionmaker = sessionmaker(bind=self.engine)

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        """What is new of a conversation, in order."""
        if isinstance(tracker, KeptTracker):
            return islice(tracker.events, tracker.known, None)
        # One that was made elsewhere is whole, or begins where its session does.
        found: Iterator[Event] = super()._additional_events(session, tracker)
        return found

    def _start_of_last_turns(self, session: Session, sender_id: str) -> int | None:
        """The id of the event with which the last turns begin; None if there are no more than those."""
        # The last of them is where the coming message is waited for, the first where a conversation begins.
        found = session.execute(self._listenings, {"sender": sender_id}).scalars().all()
        return found[LAST_TURNS] if len(found) == LAST_TURNS + 2 else None

    def _stored(self, session: Session, sender_id: str, start: int = 0) -> list[Event]:
        """The events from one on."""
        return _read(session.execute(self._from_one_on, {"sender": sender_id, "start": start}).scalars())

    def _stored_before(self, session: Session, sender_id: str, end: int) -> list[Event]:
        """Of the events before one, the newest of each kind and name that tells how a conversation stands; and the
        message upon which a form was opened or closed last.
        """
        return _read(session.execute(self._telling_before, {"sender": sender_id, "end": end}).scalars())

    def _tracker(self, sender_id: str, events: Sequence[Event]) -> DialogueStateTracker | None:
        if not events:
            return None
        tracker: KeptTracker = KeptTracker.from_events(sender_id, list(events), self.domain.slots)
        tracker.known = len(tracker.events)
        return tracker


def _standing(events: list[Event]) -> list[Event]:
    """How a conversation stands after these events, in as few as tell it.

    Where a form is open, it is opened as it was, by a message and the form's action: without them Rasa would take
    what is said next for what opened the form.
    """
    session = max((number for number, event in enumerate(events) if isinstance(event, SessionStarted)), default=0)
    events = events[session:]
    standing = [event for event in events if isinstance(event, SessionStarted)]
    loops = [event for event in events if isinstance(event, ActiveLoop)]
    if loops and loops[-1].name:
        then = loops[-1].timestamp
        standing.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=then))
        standing += [event for event in events if isinstance(event, UserUttered)]
        standing += [ActionExecuted(loops[-1].name, timestamp=then), loops[-1]]
    return standing + [event for event in events if isinstance(event, (AllSlotsReset, SlotSet))]


def _listenings(events: sa.Table) -> Any:
    """Where the newest messages of a conversation were waited for."""
    chosen = (
        sa.select(events.c.id)
        .where(events.c.sender_id == sa.bindparam("sender"), events.c.type_name == ActionExecuted.type_name)
        .where(events.c.action_name == ACTION_LISTEN_NAME)
    )
    return chosen.order_by(events.c.id.desc()).limit(LAST_TURNS + 2)


def _from_one_on(events: sa.Table) -> Any:
    """The events of a conversation from one on."""
    chosen = sa.select(events.c.data).where(events.c.sender_id == sa.bindparam("sender"))
    return chosen.where(events.c.id >= sa.bindparam("start")).order_by(events.c.id)


def _telling_before(events: sa.Table) -> Any:
    """What tells how a conversation stood before an event."""
    its = events.c
    kinds = [kind.type_name for kind in (SessionStarted, AllSlotsReset, SlotSet, ActiveLoop)]
    before = sa.select(sa.func.max(its.id)).where(its.sender_id == sa.bindparam("sender"), its.id < sa.bindparam("end"))
    newest = before.where(its.type_name.in_(kinds)).group_by(its.type_name, its.action_name)
    form = before.where(its.type_name == ActiveLoop.type_name).scalar_subquery()
    message = before.where(its.type_name == UserUttered.type_name, its.id < form).scalar_subquery()
    return sa.select(its.data).where(sa.or_(its.id.in_(newest), its.id == message)).order_by(its.id)


def _read(rows: Iterable[str]) -> list[Event]:
    """The events, made by Rasa's own readers. Rasa would look through all its classes for each of them."""
    stored = [json.loads(data) for data in rows]
    return [_kind(data["event"])._from_parameters(data) for data in stored]


@lru_cache(maxsize=100)
def _kind(name: str) -> Any:
    """The class of an event."""
    return Event.resolve_by_type(name)


def _row(sender_id: str, event: Event) -> dict[str, Any]:
    """An event as Rasa stores it."""
    data = event.as_dict()
    return {
        "sender_id": sender_id,
        "type_name": event.type_name,
        "timestamp": data.get("timestamp"),
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _shares(event: Event) -> bool:
    """Whether the person has shared their pre-screening with this."""
    return isinstance(event, SlotSet) and event.key == SHARED and bool(event.value)


def _index(events: sa.Table) -> sa.Index:
    """By what the beginning of the last turns, and how a conversation stands before them, are found."""
    name = "ix_events_of_a_conversation"
    made = next((index for index in events.indexes if index.name == name), None)
    return made or sa.Index(name, events.c.sender_id, events.c.type_name, events.c.action_name)
