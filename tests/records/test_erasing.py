"""Whoever asks to be forgotten is forgotten."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import sqlalchemy as sa
from django.db import connection
from sqlalchemy.pool import NullPool

from conversations.database import data_folder, server
from conversations.events import FILE, Events, url_of
from records.audit import verify
from records.erasing import erase_conversation, erase_reference, exports_folder
from records.models import AuditEntry, Line, Note, Record
from records.sharing import add_contact, share
from tests.records.places import Place
from tests.records.samples import BEGUN, a_shared, note
from tests.records.talk import conversation, rasa_store

CANARY = "canary-7f3a"
SECOND = {"begun_at": BEGUN.replace(hour=11)}


def found_in_files(folder: Path, text: str) -> list[str]:
    """The files in which a text is."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in files if text.encode() in path.read_bytes())


def databases() -> list[str]:
    """The addresses of all databases: of the records and of Rasa's conversations."""
    there = server()
    if there:
        return [url_of(there)]
    return [f"sqlite:///{data_folder() / name}" for name in ("records.db", FILE)]


def found_in_tables(text: str) -> list[str]:
    """The tables in which a text is, in any column of any row."""
    found = []
    for address in databases():
        engine = sa.create_engine(address, poolclass=NullPool)
        with engine.connect() as reading:
            for table in sa.inspect(engine).get_table_names():
                rows = reading.execute(sa.text(f'SELECT * FROM "{table}"'))
                if any(text in str(row) for row in rows):
                    found.append(table)
    return sorted(found)


def left_of(place: Place, text: str) -> list[str]:
    return found_in_files(place.folder, text) + found_in_tables(text)


def exported(name: str, content: str) -> Path:
    """An export on disk."""
    file = exports_folder() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


def shared_everywhere(canary: str = CANARY, name: str = "page-one", email: str = "canary@example.org") -> str:
    """A record, a conversation, notes and exports, with a canary in all of them; gives the reference."""
    with rasa_store() as store:
        conversation(store, name, [f"hello {canary}", f"sixty {canary}"], reference="RS-XXXX-XX")
    reference = share(a_shared(f"sixty {canary}", conversation=name))
    add_contact(reference, name=f"Ada {canary}", email=email)
    note(reference, f"called {canary}")
    exported(f"{reference}.pdf", canary)
    exported(f"{reference}-bundle.json", canary)
    exported(f"list {name}.csv", f"reference;name\n{reference};{canary}\n")
    return reference


def test_nothing_is_left(place: Place) -> None:
    """After “delete my data” with a reference nothing of it is in any file of the data folder or in any table; the
    audit trail keeps that there was a record, and that it was erased.
    """
    other = share(a_shared("other", conversation="page-other"))
    reference = shared_everywhere()
    assert found_in_tables(CANARY) == ["events", "records_line", "records_note", "records_record"]
    assert "shared_conversations" in found_in_tables("page-one")
    assert len(found_in_files(place.folder, CANARY)) == 3 + (0 if place.address else 2)
    assert erase_reference(reference, "person") is True
    assert left_of(place, CANARY) == []
    assert left_of(place, "canary@") == []
    assert found_in_tables("page-one") == []
    assert found_in_tables(reference) == ["records_auditentry"]
    assert Record.objects.get().reference == other
    assert list(AuditEntry.objects.filter(subject=reference).values_list("actor", "action")) == [
        ("person", "share"),
        ("person", "contact"),
        ("person", "delete"),
    ]
    assert verify() == []


def test_a_whole_conversation_is_erased(place: Place) -> None:
    """“Delete my data” in a conversation erases everything that was shared from it, however often."""
    shared_everywhere()
    share(a_shared(f"again {CANARY}", **SECOND))
    assert erase_conversation("page-one", "person") == 2
    assert left_of(place, CANARY) == []
    assert left_of(place, "page-one") == []
    assert AuditEntry.objects.filter(action="delete").count() == 2


def test_a_conversation_that_was_not_shared_is_erased(place: Place) -> None:
    """Nor is anything left where nothing was shared."""
    with rasa_store() as store:
        conversation(store, "page-one", [CANARY])
    assert left_of(place, CANARY) != []
    assert erase_conversation("page-one", "person") == 0
    assert left_of(place, CANARY) == []


def test_among_many_nothing_is_left(place: Place) -> None:
    """Nothing is left of those who are erased among many others, whose texts are long and short; nothing of the
    others is lost.
    """
    chance = random.Random(7)
    references = {}
    with rasa_store() as store:
        for number in range(24):
            canary = f"canary-{number:03}-x"
            length = chance.choice([3, 30, 300])
            conversation(store, f"page-{number}", [f"{canary} {turn} " + "x" * length for turn in range(4)])
            text = f"{canary} " * chance.choice([1, 5, 40, 400])
            references[number] = share(a_shared(text, conversation=f"page-{number}"))
            note(references[number], text[:4000])
    gone = chance.sample(sorted(references), 12)
    for number in gone:
        assert erase_reference(references[number], "anna")
    for number in references:
        left = left_of(place, f"canary-{number:03}-x")
        assert bool(left) is (number not in gone), (number, left)
    assert Record.objects.count() == 12


def test_the_file_is_written_anew(place: Place) -> None:
    """After an erasure the file of the records is written anew, with what is stored and nothing else: SQLite leaves
    copies of rows that it moved (tests/test_store.py shows it).
    """
    if connection.vendor != "sqlite":
        return
    share(a_shared(conversation="page-other"))
    erase_reference(share(a_shared("x" * 100_000)), "person")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA freelist_count")
        assert cursor.fetchone() == (0,)


def test_while_somebody_else_talks(place: Place) -> None:
    """Nothing is left where Rasa has the file open and goes on writing."""
    with rasa_store() as store:
        conversation(store, "page-one", [CANARY])
        conversation(store, "page-two", ["before"])
        erase_conversation("page-one", "person")
        assert left_of(place, CANARY) == []
        conversation(store, "page-two", ["after"])
        assert len(Events().events("page-two")) > 0


def test_other_exports_stay(place: Place) -> None:
    """Exports about others stay; those in which a record is one of many go as well."""
    reference = share(a_shared())
    files = [
        exported("RS-2222-22.pdf", "other"),
        exported("other.csv", "RS-2222-22"),
        exported("lists/both.csv", f"RS-2222-22\n{reference}\n"),
        exported(f"{reference}.json", "{}"),
    ]
    erase_reference(reference, "anna")
    assert [file.exists() for file in files] == [True, True, False, False]


def test_an_unknown_reference(place: Place) -> None:
    """A reference that there is not erases nothing, and leaves no trace."""
    assert erase_reference("RS-7KQ4-M2", "person") is False
    assert AuditEntry.objects.count() == 0


def test_twice(place: Place) -> None:
    """Erased is erased: the second time there is nothing."""
    reference = share(a_shared())
    assert erase_reference(reference, "person") is True
    assert erase_reference(reference, "person") is False
    assert (Line.objects.count(), Note.objects.count()) == (0, 0)


def test_what_cannot_be_finished_can_be_tried_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where erasing fails halfway, exports and conversation are gone, the record is still there to be found, and
    erasing again leaves nothing.
    """
    reference = shared_everywhere()

    def fail(*_: object) -> None:
        raise OSError("No space left")

    with monkeypatch.context() as patch:
        patch.setattr("records.audit.append", fail)
        with pytest.raises(OSError, match="No space left"):
            erase_reference(reference, "person")
    assert Record.objects.filter(reference=reference).exists()
    assert list(exports_folder().iterdir()) == []
    assert Events().events("page-one") == []
    assert erase_reference(reference, "person") is True
    assert left_of(place, CANARY) == []
