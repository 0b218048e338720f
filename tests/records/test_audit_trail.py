"""Whatever is changed in the audit trail is found."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from conversations.database import one_at_a_time
from records import audit
from records.audit import Action, append, verify
from records.models import AuditEntry
from scripts.settings import HOME
from tests.records.places import Place

ENTRIES = 6


@pytest.fixture(autouse=True)
def trail(place: Place) -> None:
    """A trail of some entries."""
    for number in range(1, ENTRIES + 1):
        append("anna", Action.READ, f"RS-7KQ4-M{number}", "found")


def unguarded(*statements: str) -> None:
    """What somebody does who owns the database: takes the guards away, does it, and puts them back."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit%'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("ALTER TABLE records_auditentry DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        if sqlite:
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            cursor.execute("ALTER TABLE records_auditentry ENABLE TRIGGER USER")


def head(place: Place) -> Path:
    return place.folder / audit.HEAD


def test_an_intact_trail_is_intact(place: Place) -> None:
    """In a trail that nobody touched nothing is wrong; its numbers have no gap; the newest is noted outside."""
    assert verify() == []
    assert list(AuditEntry.objects.values_list("number", flat=True)) == list(range(1, ENTRIES + 1))
    noted = audit.read_head()
    newest = AuditEntry.objects.last()
    assert noted
    assert newest
    assert (noted.number, noted.seal) == (newest.number, newest.seal)
    assert head(place).stat().st_mode & 0o077 == 0


def test_an_empty_trail_is_intact(place: Place) -> None:
    """Before anything was done nothing is wrong."""
    unguarded("DELETE FROM records_auditentry")
    head(place).unlink()
    assert verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'bruno'",
        "action = 'export'",
        "subject = 'RS-7KQ4-M9'",
        "detail = ''",
        "at = (SELECT at FROM records_auditentry WHERE number = 1)",
        "seal = (SELECT seal FROM records_auditentry WHERE number = 1)",
    ],
)
def test_a_changed_entry_is_found(change: str) -> None:
    """Whatever is changed of an entry is found, with its number."""
    unguarded(f"UPDATE records_auditentry SET {change} WHERE number = 3")
    assert verify()[0] == "Entry 3 is not as it was written: changed, put in, or moved here."


def test_only_the_changed_entry_is_blamed() -> None:
    """Entries beside the one that was changed are as they were."""
    unguarded("UPDATE records_auditentry SET actor = 'bruno' WHERE number = 3")
    assert len(verify()) == 1


def test_text_moved_between_columns_is_found() -> None:
    """The same words in other columns are another entry."""
    unguarded("UPDATE records_auditentry SET subject = subject || detail, detail = '' WHERE number = 3")
    assert verify()[0].startswith("Entry 3 is not as it was written")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("number = 1", "Entry 1 is missing; whether 2 is as it was cannot be told without."),
        ("number = 4", "Entry 4 is missing; whether 5 is as it was cannot be told without."),
        ("number IN (3, 4)", "Entries 3 to 4 are missing; whether 5 is as it was cannot be told without."),
        ("number = 6", "Entry 6 is missing: the end of the trail was cut off."),
        ("number > 3", "Entries 4 to 6 are missing: the end of the trail was cut off."),
        ("number > 0", "Entries 1 to 6 are missing: the end of the trail was cut off."),
    ],
)
def test_a_missing_entry_is_found(gone: str, said: str) -> None:
    """An entry that was taken out is found, at the beginning, within, and at the end."""
    unguarded(f"DELETE FROM records_auditentry WHERE {gone}")
    assert verify() == [said]


def test_a_closed_gap_is_found() -> None:
    """Where an entry was taken out and those after it were counted anew, it is found."""
    unguarded(
        "DELETE FROM records_auditentry WHERE number = 3",
        *(f"UPDATE records_auditentry SET number = {number - 1} WHERE number = {number}" for number in (4, 5, 6)),
    )
    assert verify()[0].startswith("Entry 3 is not as it was written")


@pytest.mark.parametrize("number", [0, 4, 7])
def test_an_entry_put_in_is_found(number: int) -> None:
    """An entry that was put in at the beginning, in the place of another, or at the end is found."""
    unguarded(
        f"DELETE FROM records_auditentry WHERE number = {number}",
        "INSERT INTO records_auditentry (number, at, actor, action, subject, detail, seal)"
        f" SELECT {number}, at, actor, action, subject, detail, seal FROM records_auditentry WHERE number = 2",
    )
    assert verify()[0].startswith(f"Entry {number} ")


def test_another_order_is_found() -> None:
    """Two entries that changed places are found."""
    unguarded(
        *(f"UPDATE records_auditentry SET number = {to} WHERE number = {at}" for at, to in ((2, 99), (4, 2), (99, 4)))
    )
    assert verify()[0].startswith("Entry 2 is not as it was written")


def test_a_cut_end_is_not_covered_up() -> None:
    """After the end was cut off, what is done then does not hide it."""
    unguarded("DELETE FROM records_auditentry WHERE number > 4")
    for _ in range(4):
        append("anna", Action.LIST)
    assert verify() == ["Entries 5 to 6 are missing; whether 7 is as it was cannot be told without."]


def test_a_trail_without_its_note_is_found(place: Place) -> None:
    """Where the note of the newest entry was taken away, it is said, and no new one hides it."""
    head(place).unlink()
    append("anna", Action.LIST)
    assert verify() == [f"The file {audit.HEAD} is missing: whether entries after 7 were cut off cannot be told."]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"number": 4, "seal": "x", "signature": "y"}', "\xff"])
def test_a_forged_note_is_found(place: Place, text: str) -> None:
    """A note that was not written by this installation is found, and what is done then does not hide it."""
    head(place).write_bytes(text.encode("latin-1"))
    append("anna", Action.LIST)
    assert verify() == [f"The file {audit.HEAD} is not as it was written."]


def test_an_older_note_does_no_harm(place: Place) -> None:
    """A note that lags behind, as after a crash between an entry and its note, raises no alarm and catches up."""
    older = head(place).read_bytes()
    append("anna", Action.LIST)
    head(place).write_bytes(older)
    assert verify() == []
    append("anna", Action.LIST)
    noted = audit.read_head()
    assert noted
    assert noted.number == ENTRIES + 2


def test_another_key_makes_other_seals(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the installation's secret nobody can make a seal."""
    monkeypatch.setenv("TRIAL_GUIDE_SECRET", "another secret, long enough to be one")
    assert verify()[:2] == [
        f"The file {audit.HEAD} is not as it was written.",
        "Entry 1 is not as it was written: changed, put in, or moved here.",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_auditentry SET actor = 'bruno' WHERE number = 3",
        "DELETE FROM records_auditentry WHERE number = 6",
        "INSERT INTO records_auditentry SELECT 0, at, actor, action, subject, detail, seal FROM records_auditentry"
        " WHERE number = 1",
    ],
)
def test_the_database_refuses_changes(statement: str) -> None:
    """The database itself refuses to change or delete an entry, or to put one in before another."""
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify() == []


def test_no_way_around_the_guards() -> None:
    """Nor can an entry be replaced, nor all of them be removed at once."""
    statement = (
        "INSERT OR REPLACE INTO records_auditentry SELECT * FROM records_auditentry WHERE number = 3"
        if connection.vendor == "sqlite"
        else "TRUNCATE records_auditentry"
    )
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_missing_guards_are_found() -> None:
    """That the database no longer refuses changes is found."""
    on = " ON records_auditentry" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_no_change{on}")
    assert verify() == ["The database no longer refuses changes to the trail: audit_no_change is missing."]


def test_what_did_not_happen_is_not_told() -> None:
    """An entry of something that was taken back is taken back with it, and leaves no gap."""

    def fail() -> None:
        append("anna", Action.EXPORT, "RS-7KQ4-M2")
        raise RuntimeError

    with pytest.raises(RuntimeError), transaction.atomic():
        fail()
    append("anna", Action.LIST)
    assert verify() == []
    assert list(AuditEntry.objects.values_list("action", flat=True)[ENTRIES:]) == ["list"]


def test_entries_fit() -> None:
    """What is too long is cut, and signs that no database stores are replaced, whatever was typed as a name."""
    append("x" * 500, Action.LOGIN_FAILED, "a\0b\nc" + "y" * 500, "z" * 500)
    entry = AuditEntry.objects.last()
    assert entry
    assert [len(text) for text in (entry.actor, entry.subject, entry.detail)] == [150, 150, 200]
    assert entry.subject.startswith("a�b�c")
    assert verify() == []


def test_only_known_actions() -> None:
    """What is no action is refused."""
    with pytest.raises(ValueError, match="is not a valid Action"):
        append("anna", "peeked")


def test_many_write_at_once(place: Place) -> None:
    """Several processes that add at the same time leave no gap, and the note is of the newest."""
    program = (
        "from records.ready import ready; ready()\n"
        "from records.audit import append\n"
        "for _ in range(15): append('anna', 'list')"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", program], cwd=HOME, env=no_console(place), stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors.decode()
    assert verify() == []
    noted = audit.read_head()
    assert noted
    assert AuditEntry.objects.count() == noted.number == ENTRIES + 45


def test_one_note_at_a_time(place: Place) -> None:
    """Who notes the newest entry waits for whoever does so already, or an older one might be written over it."""
    before = head(place).read_bytes()
    with one_at_a_time("audit"):
        noting = threading.Thread(target=audit._advance, args=(audit.Head(ENTRIES + 1, "seal"),))
        noting.start()
        noting.join(0.2)
        assert noting.is_alive()
        assert head(place).read_bytes() == before
    noting.join(10)
    assert head(place).read_bytes() != before


def no_console(place: Place) -> dict[str, str]:
    """The environment of a process that uses the records alone."""
    return {name: value for name, value in place.environment.items() if name != "DJANGO_SETTINGS_MODULE"}


@pytest.fixture
def verified(place: Place) -> Callable[[], subprocess.CompletedProcess[str]]:
    """Runs `make verify-audit`."""
    assert shutil.which("make")

    def run() -> subprocess.CompletedProcess[str]:
        command = ["make", "-s", "-o", "install", "verify-audit"]
        return subprocess.run(command, cwd=HOME, env=place.environment, capture_output=True, text=True)

    return run


def test_the_command(verified: Callable[[], subprocess.CompletedProcess[str]]) -> None:
    """`make verify-audit` says that all is well and what is newest; or what is wrong, and then it fails."""
    newest = AuditEntry.objects.last()
    assert newest
    well = verified()
    assert (well.returncode, well.stderr) == (0, "")
    assert well.stdout == (
        f"The audit trail is intact: 6 entries. The newest is number 6 with the seal {newest.seal}.\n"
    )
    unguarded("UPDATE records_auditentry SET actor = 'bruno' WHERE number = 3")
    broken = verified()
    assert broken.returncode != 0
    assert "The audit trail was tampered with, or damaged:\n  Entry 3 is not as it was written" in broken.stderr
    assert "Traceback" not in broken.stderr
