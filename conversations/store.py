"""Rasa's SQL tracker store, which can forget.

Rasa keeps every event for good. Here a conversation that is started again, or whose person asks to be forgotten, is
erased from the database, and so is any that nobody has gone on with for some time (endpoints.yml, `keep_hours`).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Restarted
from rasa.shared.core.trackers import DialogueStateTracker

SECONDS_AN_HOUR = 3600


class ForgettingTrackerStore(SQLTrackerStore):
    """Keeps a conversation until it is restarted, or nobody has gone on with it for ``keep_hours``."""

    def __init__(self, *args: Any, keep_hours: float = 24, db: str = "conversations.db", **kwargs: Any) -> None:
        if kwargs.get("dialect", "sqlite") == "sqlite":
            # Only its owner may look into the folder.
            Path(db).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(*args, db=db, **kwargs)
        self._keep_seconds = float(keep_hours) * SECONDS_AN_HOUR
        self._purged = 0.0
        if self.engine.dialect.name == "sqlite":
            # What is deleted is overwritten, not merely given free.
            sa.event.listen(self.engine, "connect", _delete_thoroughly)
            self.engine.dispose()
        self.purge()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores what is new of a conversation; erases all of it where it was started again."""
        with self.session_scope() as session:
            restarted = any(isinstance(event, Restarted) for event in self._additional_events(session, tracker))
        if restarted:
            await self.delete(tracker.sender_id)
        else:
            await super().save(tracker)
        if time.time() - self._purged > SECONDS_AN_HOUR:
            self.purge()

    async def delete(self, sender_id: str) -> None:
        """Erases a conversation."""
        with self.session_scope() as session:
            session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender_id).delete()
            session.commit()

    def purge(self) -> int:
        """Erases the conversations that nobody has gone on with for the time that is set; gives their number."""
        self._purged = time.time()
        with self.session_scope() as session:
            newest = sa.func.max(self.SQLEvent.timestamp)
            silent = session.query(self.SQLEvent.sender_id).group_by(self.SQLEvent.sender_id)
            senders = [row[0] for row in silent.having(newest < self._purged - self._keep_seconds)]
            for sender in senders:
                session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == sender).delete()
            session.commit()
        return len(senders)


def _delete_thoroughly(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA secure_delete = ON")
