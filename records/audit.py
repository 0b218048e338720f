"""The audit trail: who did what to which record, and when. Only added to; `verify` finds whatever was changed.

Each entry carries a keyed hash of itself and of the seal before it. The key comes from the secret of this
installation, so that nobody who can write to the database alone can make a seal. The newest number and seal also
lie in a file in the data folder, or the newest entries could be cut off unseen. Triggers in the database refuse to
change or delete an entry (records/migrations).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timezone
from typing import TYPE_CHECKING

from django.db import connection, models, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from conversations.database import data_folder, one_at_a_time, private_file
from web.settings import read_page_settings
from web.visitors import signing_key

if TYPE_CHECKING:
    from pathlib import Path

    from records.models import AuditEntry

#: Who acted, where it was nobody who is logged in.
PERSON, SYSTEM = "person", "system"
HEAD = "audit.head"
#: As in records/models.py.
LONGEST_ACTOR, LONGEST_SUBJECT, LONGEST_DETAIL = 150, 150, 200
TRIGGERS = ("audit_no_change", "audit_no_deletion", "audit_only_new")


class Action(models.TextChoices):
    """What can be done."""

    READ = "read", _("Read")
    SEARCH = "search", _("Searched")
    LIST = "list", _("Listed")
    CHANGE_STATE = "change_state", _("Changed the state")
    ASSIGN = "assign", _("Assigned")
    NOTE = "note", _("Noted")
    REJUDGE = "rejudge", _("Judged again")
    EXPORT = "export", _("Exported")
    DELETE = "delete", _("Deleted")
    PURGE = "purge", _("Erased when its time was over")
    SHARE = "share", _("Shared")
    CONTACT = "contact", _("Left a contact")
    LOGIN = "login", _("Logged in")
    LOGIN_FAILED = "login_failed", _("Failed to log in")
    LOGOUT = "logout", _("Logged out")
    LOCKED_OUT = "locked_out", _("Locked out")
    SET_UP = "set_up", _("Set up the console")
    USER_ADDED = "user_added", _("Added a user")
    USER_CHANGED = "user_changed", _("Changed a user")
    SECOND_FACTOR = "second_factor", _("Changed the second factor")
    TOKEN = "token", _("Changed a token")


@dataclass(frozen=True)
class Head:
    """The newest entry, as noted outside the database."""

    number: int
    seal: str


class ForgedHeadError(ValueError):
    """The file with the newest number was not written by this installation."""


@contextmanager
def writing() -> Iterator[None]:
    """A transaction in which nobody else adds to the trail. To be opened before records are locked."""
    with transaction.atomic():
        # On SQLite the transaction has the whole database to itself (records/settings.py).
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE records_auditentry IN SHARE ROW EXCLUSIVE MODE")
        yield


def append(actor: str, action: str, subject: str = "", detail: str = "") -> None:
    """Adds an entry; what it tells of must be in the same transaction, or not have happened yet."""
    from records.models import AuditEntry

    with writing():
        last = AuditEntry.objects.order_by("-number").values_list("number", "seal").first() or (0, "")
        head = _known_head()
        if head is None and not last[0]:
            # So that a missing file always means that it was taken away.
            _write_head(Head(0, ""))
        entry = AuditEntry(
            # Where the newest entries were cut off, a gap remains for good.
            number=max(last[0], head.number if head else 0) + 1,
            at=clock.now(),
            actor=_fit(actor, LONGEST_ACTOR),
            action=Action(action).value,
            subject=_fit(subject, LONGEST_SUBJECT),
            detail=_fit(detail, LONGEST_DETAIL),
        )
        entry.seal = _seal(_key(), entry, last[1])
        entry.save(force_insert=True)
        newest = Head(entry.number, entry.seal)
        transaction.on_commit(lambda: _advance(newest), robust=True)


def verify() -> list[str]:
    """What is wrong with the trail, in words and with the number of the entry; nothing, if it is intact."""
    from records.models import AuditEntry

    # First the head: an entry that is added meanwhile is newer than it.
    try:
        head = read_head()
        troubles = []
    except ForgedHeadError as error:
        head, troubles = None, [str(error)]
    key = _key()
    last, seal, known = 0, "", True
    at_head = "" if head and not head.number else None
    for entry in AuditEntry.objects.order_by("number").iterator():
        if entry.number <= 0:
            troubles.append(f"Entry {entry.number} was put in: the trail begins with 1.")
            continue
        if entry.number > last + 1:
            gap = _numbers(last + 1, entry.number - 1)
            troubles.append(f"{gap} missing; whether {entry.number} is as it was cannot be told without.")
            known = False
        if known and not hmac.compare_digest(entry.seal, _seal(key, entry, seal)):
            troubles.append(f"Entry {entry.number} is not as it was written: changed, put in, or moved here.")
        last, seal, known = entry.number, entry.seal, True
        if head and entry.number == head.number:
            at_head = entry.seal
    if head is None and last and not troubles:
        troubles.append(f"The file {HEAD} is missing: whether entries after {last} were cut off cannot be told.")
    if head and head.number > last:
        troubles.append(f"{_numbers(last + 1, head.number)} missing: the end of the trail was cut off.")
    elif head and at_head is not None and at_head != head.seal:
        troubles.append(f"Entry {head.number} is not the one that was written: its seal is not that in {HEAD}.")
    return troubles + _missing_triggers()


def read_head() -> Head | None:
    """The newest number and seal as noted outside the database; None if there is no note.

    Raises:
        ForgedHeadError: if somebody else wrote it.
    """
    try:
        said = json.loads(_head_file().read_text(encoding="ascii"))
        head = Head(int(said["number"]), str(said["seal"]))
        signed = str(said["signature"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        signed, head = "", Head(0, "")
    if not hmac.compare_digest(signed.encode(), _signature(head).encode()):
        raise ForgedHeadError(f"The file {HEAD} is not as it was written.")
    return head


def _known_head() -> Head | None:
    try:
        return read_head()
    except ForgedHeadError:
        # Left as it is, for `verify` to find.
        return Head(0, "")


def _advance(newest: Head) -> None:
    """Notes an entry that is committed; another process may have noted a newer one."""
    with one_at_a_time("audit"):
        try:
            head = read_head()
        except ForgedHeadError:
            return
        # Where the note was taken away, it stays away.
        if head and head.number < newest.number:
            _write_head(newest)


def _write_head(head: Head) -> None:
    """Writes the note: whole, or not at all."""
    file = _head_file()
    draft = private_file(file.with_name(f"{file.name}.{secrets.token_hex(4)}"))
    with draft.open("w", encoding="ascii") as output:
        json.dump({"number": head.number, "seal": head.seal, "signature": _signature(head)}, output)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(file)


def _head_file() -> Path:
    return data_folder() / HEAD


def _signature(head: Head) -> str:
    return _hash(_key(), ["head", head.number, head.seal])


def _seal(key: bytes, entry: AuditEntry, before: str) -> str:
    at = entry.at.astimezone(timezone.utc).isoformat(timespec="microseconds")
    return _hash(key, [entry.number, at, entry.actor, entry.action, entry.subject, entry.detail, before])


def _hash(key: bytes, values: list[object]) -> str:
    """Of values that are told apart from each other whatever is in them."""
    return hmac.new(key, json.dumps(values).encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    """A key of its own, made of the installation's secret."""
    return hmac.new(signing_key(read_page_settings()), b"audit trail", hashlib.sha256).digest()


def _fit(text: str, longest: int) -> str:
    """Text that every database takes, no longer than its column."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)[:longest]


def _numbers(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"


def _missing_triggers() -> list[str]:
    table, column = ("sqlite_master", "name") if connection.vendor == "sqlite" else ("pg_trigger", "tgname")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} LIKE 'audit_%%'", [])
        there = {name for (name,) in cursor.fetchall()}
    missing = [name for name in TRIGGERS if name not in there]
    return [f"The database no longer refuses changes to the trail: {', '.join(missing)} is missing."] if missing else []
