"""Rasa's stored conversations, for those who know nothing of Rasa: read, erased, and marked as shared.

Which conversations were shared stands in a table of its own beside the events: those are kept for days, the others
for hours (conversations/retention.py).
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateTable

from conversations.database import Server, data_folder, private_file, server
from conversations.retention import shared_time, unshared_time

logger = logging.getLogger(__name__)

FILE = "conversations.db"
#: Seconds for which one process waits until another has written.
PATIENCE = 10
#: How many conversations one statement erases.
AT_ONCE = 500

#: Rasa's own table, as far as it is needed here.
EVENTS = sa.table("events", *(sa.column(name) for name in ("id", "sender_id", "timestamp", "data")))
SHARED = sa.Table(
    "shared_conversations",
    sa.MetaData(),
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("shared_at", sa.Float, nullable=False),
)


class Events:
    """The stored conversations: those of this installation, or of a database that is open already."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine if engine is not None else _open()
        self._make_list()

    def events(self, sender: str) -> list[dict[str, Any]]:
        """Everything that was noted of a conversation, in order."""
        if not self._is_there:
            return []
        chosen = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sender).order_by(EVENTS.c.id)
        with self._engine.connect() as connection:
            return [json.loads(data) for data in connection.execute(chosen).scalars()]

    def shared_at(self, sender: str) -> float | None:
        """When a conversation was shared, in seconds since 1970; None if it was not."""
        with self._engine.connect() as connection:
            found = connection.execute(sa.select(SHARED.c.shared_at).where(SHARED.c.sender_id == sender)).scalar()
            return None if found is None else float(found)

    def mark_shared(self, sender: str, at: datetime) -> None:
        """Notes that a conversation was shared; the newest time counts."""
        with self._engine.begin() as connection:
            mark_shared(connection, sender, at.timestamp())

    def erase(self, senders: Iterable[str]) -> int:
        """Erases conversations, and takes them from the list of the shared; gives how many there were."""
        every = sorted(set(senders))
        if not every:
            return 0
        there = self._is_there
        number = rows = 0
        with self._engine.begin() as connection:
            for start in range(0, len(every), AT_ONCE):
                some = every[start : start + AT_ONCE]
                if there:
                    found = sa.select(sa.func.count(EVENTS.c.sender_id.distinct())).where(EVENTS.c.sender_id.in_(some))
                    number += connection.execute(found).scalar_one()
                    rows += connection.execute(sa.delete(EVENTS).where(EVENTS.c.sender_id.in_(some))).rowcount
                rows += connection.execute(sa.delete(SHARED).where(SHARED.c.sender_id.in_(some))).rowcount
        if rows:
            self._scrub()
        return number

    def purge(self, now: float | None = None) -> int:
        """Erases the conversations whose time is over; gives their number."""
        now = time.time() if now is None else now
        unshared_until, shared_until = (_before(now, kept) for kept in (unshared_time(), shared_time()))
        with self._engine.connect() as connection:
            shared_long_ago = sa.select(SHARED.c.sender_id).where(SHARED.c.shared_at < shared_until)
            over = set(connection.execute(shared_long_ago).scalars())
            if self._is_there:
                newest = sa.func.max(EVENTS.c.timestamp)
                silent = sa.select(EVENTS.c.sender_id).group_by(EVENTS.c.sender_id).having(newest < unshared_until)
                shared = sa.select(SHARED.c.sender_id)
                over.update(connection.execute(silent.where(EVENTS.c.sender_id.not_in(shared))).scalars())
        return self.erase(over)

    def _make_list(self) -> None:
        """Makes the list of the shared, if it is not there; another process may do so at the same moment."""
        if sa.inspect(self._engine).has_table(SHARED.name):
            return
        try:
            with self._engine.begin() as connection:
                connection.execute(CreateTable(SHARED, if_not_exists=True))
        except (sa.exc.IntegrityError, sa.exc.ProgrammingError):
            if not sa.inspect(self._engine).has_table(SHARED.name):
                raise

    @property
    def _is_there(self) -> bool:
        """Whether Rasa has ever been started."""
        there: bool = sa.inspect(self._engine).has_table(EVENTS.name)
        return there

    def _scrub(self) -> None:
        """Writes an SQLite file anew, with what is stored and nothing else.

        What is deleted is overwritten where it was stored. But SQLite moves rows about as others come and go, and
        leaves copies behind, which it knows nothing of; and what was written lately lies in a log beside the file.
        """
        if self._engine.dialect.name != "sqlite":
            return
        try:
            with self._engine.connect() as connection:
                connection.execute(sa.text("VACUUM"))
            self._empty_log()
        except sa.exc.OperationalError:
            # Somebody held the file for too long. The next erasure does it.
            logger.warning("The file of the conversations could not be written anew.")

    def _empty_log(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            with self._engine.connect() as connection:
                busy, *_ = connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            # While somebody reads, the log cannot be emptied; nobody reads for long.
            if not busy or time.monotonic() > until:
                return
            time.sleep(0.01)


def mark_shared(connection: Connection, sender: str, at: float) -> None:
    """Notes in a transaction that a conversation was shared; the newest time counts."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(SHARED)
    said, known = insert.excluded.shared_at, SHARED.c.shared_at
    newest = sa.case((said > known, said), else_=known)
    marked = insert.values(sender_id=sender, shared_at=at)
    connection.execute(marked.on_conflict_do_update(index_elements=["sender_id"], set_={"shared_at": newest}))


def set_up_sqlite(connection: Any, _: Any) -> None:
    """What every connection to an SQLite file of conversations needs."""
    # What is deleted is overwritten, not merely given free; nothing is written to a folder of others.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    _keep_log(connection)
    # Each turn waits for the disk: not even a power cut takes an answer that was acknowledged.
    connection.execute("PRAGMA synchronous = FULL")


def _keep_log(connection: Any) -> None:
    """Has what is new written to a log first: who reads and who writes do not hold each other up.

    A new file is turned to this once. SQLite does not wait by itself while another process does so.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def url_of(postgresql_server: Server) -> URL:
    """The address of a PostgreSQL database, for SQLAlchemy."""
    at = postgresql_server
    return URL.create("postgresql", at.user, at.password, at.host, at.port, at.name)


def _open() -> Engine:
    """The database of this installation, opened for each use and closed after it."""
    there = server()
    if there:
        return sa.create_engine(url_of(there), poolclass=NullPool)
    file = private_file(data_folder() / FILE)
    engine = sa.create_engine(f"sqlite:///{file}", poolclass=NullPool, connect_args={"timeout": PATIENCE})
    sa.event.listen(engine, "connect", set_up_sqlite)
    return engine


def _before(now: float, kept: timedelta) -> float:
    return now - kept.total_seconds()
