"""Erasing: when a person asks, when the clinic does, and when the time is over.

What lies outside the records' database goes first: whatever happens in between, the record is still there to try again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone as clock

from conversations.database import data_folder
from conversations.events import Events
from conversations.retention import shared_time
from records import audit
from records.ready import ready

logger = logging.getLogger(__name__)

EXPORTS = "exports"
#: Seconds between two looks for what is over.
HOURLY = 3600.0


@dataclass(frozen=True)
class Purged:
    """How much was erased."""

    conversations: int
    records: int
    sessions: int


def erase_reference(reference: str, actor: str) -> bool:
    """Erases a record with its transcript, notes, conversation and exports; whether there was one."""
    ready()
    from records.models import Record

    found = Record.objects.filter(reference=reference).values_list("conversation", flat=True).first()
    if found is None:
        return False
    Events().erase([found])
    return _erase([reference], actor, audit.Action.DELETE) > 0


def erase_conversation(conversation: str, actor: str) -> int:
    """Erases a conversation and every record of it; gives the number of records."""
    ready()
    from records.models import Record

    Events().erase([conversation])
    references = Record.objects.filter(conversation=conversation).values_list("reference", flat=True)
    return _erase(list(references), actor, audit.Action.DELETE)


def purge(now: datetime | None = None) -> Purged:
    """Erases what was kept for as long as it may be."""
    ready()
    from records.models import Record

    now = now or clock.now()
    over = dict(Record.objects.filter(shared_at__lt=now - shared_time()).values_list("reference", "conversation"))
    kept = Record.objects.filter(conversation__in=set(over.values())).exclude(reference__in=over)
    events = Events()
    # Somebody who shared twice has a newer record: their conversation goes with that.
    gone = set(over.values()) - set(kept.values_list("conversation", flat=True))
    conversations = events.erase(gone) + events.purge(now.timestamp())
    return Purged(conversations, _erase(over, audit.SYSTEM, audit.Action.PURGE), _old_sessions(now))


def purge_from_now_on(every: float = HOURLY, until: threading.Event | None = None) -> threading.Thread:
    """Purges at once and now and then, beside whatever else this process does; for as long as it lives, or until."""
    arguments = (every, until or threading.Event())
    thread = threading.Thread(target=_go_on_purging, args=arguments, name="purging", daemon=True)
    thread.start()
    return thread


def _erase(references: Iterable[str], actor: str, action: str) -> int:
    """Erases the exports, then the records; gives how many records there were."""
    from records.models import Record

    number = 0
    for reference in references:
        erase_exports(reference)
        with audit.writing():
            found = Record.objects.filter(reference=reference)
            if found.exists():
                found.delete()
                audit.append(actor, action, reference)
                number += 1
        # Once more for one that was written meanwhile; now that the record is gone there are no new ones.
        erase_exports(reference)
    if number:
        transaction.on_commit(_scrub, robust=True)
    return number


def _scrub() -> None:
    """Writes an SQLite file anew: what is deleted is overwritten, but SQLite leaves copies of rows that it moved."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


def erase_exports(reference: str) -> int:
    """Removes the files of the exports that are about a record, or mention it; gives their number."""
    number = 0
    for file in exports_folder().rglob("*"):
        if file.is_file() and (reference in file.name or _mentions(file, reference)):
            file.unlink(missing_ok=True)
            number += 1
    return number


def exports_folder() -> Path:
    """Where exports lie; there may be none."""
    return data_folder() / EXPORTS


def _mentions(file: Path, reference: str) -> bool:
    try:
        return reference.encode() in file.read_bytes()
    except FileNotFoundError:
        return False


def _old_sessions(now: datetime) -> int:
    """Erases the sessions of the console that have ended, where this process knows of them; gives their number."""
    from django.apps import apps

    if not apps.is_installed("django.contrib.sessions"):
        return 0
    from django.contrib.sessions.models import Session

    number, _ = Session.objects.filter(expire_date__lt=now).delete()
    return number


def _go_on_purging(every: float, until: threading.Event) -> None:
    from django.db import connections

    while True:
        try:
            purge()
        except Exception as error:
            logger.warning("What is over could not be erased (%s).", type(error).__name__)
        finally:
            connections.close_all()
        if until.wait(every):
            return
