"""A pre-screening that is shared becomes one record, with all that was said."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from actions.interview.state import State
from actions.prescreen import judge, rules_version
from records import sharing
from records.audit import verify
from records.counting import counts
from records.models import AuditEntry, Line, Record
from records.sharing import Said, UnknownReferenceError, WrongContactError, add_contact, share
from tests.records.samples import BEGUN, ON, a_shared

pytestmark = pytest.mark.usefixtures("place")


def test_a_record_has_all_of_it() -> None:
    """A record holds the answers, the verdict, the rules' version, the language and the transcript in its order."""
    shared = a_shared("sixty", language="it")
    record = Record.objects.get(reference=share(shared))
    assert record.state == shared.state
    assert State.from_dict(record.state) == State.from_dict(shared.state)
    assert record.verdict == shared.verdict == judge(shared.state["answers"], ON).as_dict()
    assert (record.rules_version, record.language, record.on) == (rules_version(), "it", ON)
    assert record.outcome == shared.verdict["outcome"]
    assert (record.status, record.assigned_to, record.name, record.phone, record.email) == ("new", None, "", "", "")
    assert (record.conversation, record.begun_at) == ("page-one", BEGUN)
    assert [(line.place, line.speaker, line.text, line.said_at, line.answers) for line in record.lines.all()] == [
        (0, "guide", "How old are you?", BEGUN, []),
        (1, "person", "sixty", BEGUN + timedelta(seconds=20), ["age_years"]),
    ]


def test_times_tell_their_zone() -> None:
    """Every time that is stored tells its time zone; one that does not is refused."""
    record = Record.objects.get(reference=share(a_shared()))
    times = [record.begun_at, record.shared_at, *(line.said_at for line in record.lines.all())]
    times += [entry.at for entry in AuditEntry.objects.all()]
    assert all(at.utcoffset() is not None for at in times)
    assert abs(record.shared_at - datetime.now(timezone.utc)) < timedelta(minutes=1)
    naive = datetime(2026, 11, 20, 9, 30)
    for changes in ({"begun_at": naive}, {"lines": (Said("person", "sixty", naive),)}):
        with pytest.raises(ValueError, match="Times must tell their time zone"):
            a_shared(**changes)


def test_a_recheck_day_is_kept() -> None:
    """Where the outcome has a day to look again, the record has it; another has none."""
    verdict = {**a_shared().verdict, "outcome": "not_yet", "recheck_on": "2027-01-02"}
    assert Record.objects.get(reference=share(a_shared(verdict=verdict))).recheck_on == date(2027, 1, 2)
    other = share(a_shared(conversation="page-two"))
    assert Record.objects.get(reference=other).recheck_on is None


def test_yes_twice_is_one_record() -> None:
    """However often somebody says yes to the same pre-screening, it is one record, as it was at first, and once in
    the audit trail and in the numbers.
    """
    reference = share(a_shared("first"))
    assert share(a_shared("second")) == reference
    assert Record.objects.count() == 1
    assert Line.objects.filter(text="second").count() == 0
    assert AuditEntry.objects.filter(action="share", subject=reference, actor="person").count() == 1
    assert sum(counts(date(2000, 1, 1), date(2100, 1, 1))["shared"].values()) == 1


def test_a_new_prescreening_is_a_new_record() -> None:
    """Another pre-screening of the same conversation, and one of another conversation, are records of their own."""
    references = {
        share(a_shared()),
        share(a_shared(begun_at=BEGUN + timedelta(hours=1))),
        share(a_shared(conversation="page-two")),
    }
    assert len(references) == Record.objects.count() == 3


def at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """What tasks give that run at the same time, or the errors they end with."""
    found: list[object] = []
    together = threading.Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        together.wait()
        try:
            found.append(task())
        except Exception as error:
            found.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_many_at_the_same_moment() -> None:
    """Several who say yes at the same moment, some of them twice, each get their record; the trail has no gap."""
    ask = [a_shared(conversation=f"page-{number % 4}") for number in range(8)]
    found = at_once([partial(share, shared) for shared in ask])
    assert len(set(found)) == 4, found
    assert set(Record.objects.values_list("reference", flat=True)) == set(found)
    assert list(AuditEntry.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert verify() == []


def test_a_reference_is_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference that is taken, or was before its record was erased, is not given again."""
    first = share(a_shared())
    AuditEntry.objects.create(number=2, at=BEGUN, actor="person", action="delete", subject="RS-AAAA-AA", seal="")
    drawn = iter([first, first, "RS-AAAA-AA", "RS-7KQ4-M2"])
    monkeypatch.setattr(sharing, "new_reference", lambda: next(drawn))
    assert share(a_shared(conversation="page-two")) == "RS-7KQ4-M2"


def test_what_was_judged_stays() -> None:
    """The database refuses to change the answers, the verdict or the rules' version of a record; the rest can be."""
    reference = share(a_shared())
    record = Record.objects.get(reference=reference)
    every: list[dict[str, Any]] = [{"state": {}}, {"verdict": {}}, {"rules_version": "other"}]
    for changes in every:
        with pytest.raises(IntegrityError, match="stay as they were shared"), transaction.atomic():
            Record.objects.filter(reference=reference).update(**changes)
    record.status = "called"
    record.save()
    assert Record.objects.get(reference=reference).status == "called"


def test_nothing_unheard_of_is_stored() -> None:
    """The database refuses an outcome, a state or a speaker that there is not."""
    record = Record.objects.get(reference=share(a_shared()))
    for rows, changes in (
        (Record.objects.all(), {"outcome": "accepted"}),
        (Record.objects.all(), {"status": "lost"}),
        (record.lines.all(), {"speaker": "doctor"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


def test_any_sign_can_be_said() -> None:
    """Signs that a database cannot store are left out, and the record is stored."""
    said = "a\0b \ud83d \N{FACE WITH TEARS OF JOY} <script> ' \" è"
    state = {**a_shared().state, "rough": {"labs_date": {"said": said}}}
    record = Record.objects.get(reference=share(a_shared(said, state=state)))
    assert record.lines.get(place=1).text == "ab ? \N{FACE WITH TEARS OF JOY} <script> ' \" è"
    assert record.state["rough"]["labs_date"]["said"] == record.lines.get(place=1).text


# How somebody can be reached


def test_a_contact_is_added() -> None:
    """Name, telephone number and e-mail address are put in order and added; each alone leaves the others."""
    reference = share(a_shared())
    add_contact(reference, name="  Ada   Rossi ")
    add_contact(reference, phone="my number is 02 1234 5678, thanks", email="It is ada@example.org.")
    record = Record.objects.get(reference=reference)
    assert (record.name, record.phone, record.email) == ("Ada Rossi", "+39 02 1234 5678", "ada@example.org")
    found = AuditEntry.objects.filter(action="contact", subject=reference).values_list("actor", "detail")
    assert list(found) == [("person", "name"), ("person", "phone, email")]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "123"),
        ("name", "x" * 101),
        ("name", "Ada\x00Rossi"),
        ("phone", "nope"),
        ("phone", "12"),
        ("phone", "ada@example.org"),
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "@example.org"),
        ("email", f"{'a' * 250}@example.org"),
    ],
)
def test_a_wrong_contact_is_refused(field: str, text: str) -> None:
    """What cannot be a name, a number or an address is refused, the error says which, and nothing is stored."""
    reference = share(a_shared())
    right = {"name": "Ada", "phone": "+39 02 1234 5678", "email": "ada@example.org"}
    with pytest.raises(WrongContactError, match=field) as error:
        add_contact(reference, **{**right, field: text})
    assert error.value.field == field
    assert text not in str(error.value)
    record = Record.objects.get(reference=reference)
    assert (record.name, record.phone, record.email) == ("", "", "")


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("+39 347 123 4567", "+39 347 123 4567"),
        ("0039 347 1234567", "+39 347 123 4567"),
        ("347-1234567", "+39 347 123 4567"),
        ("call me at 06.698.12345 after six", "+39 06 6981 2345"),
        ("+44 20 7946 0018", "+44 20 7946 0018"),
        ("I am 67 and weigh 70", None),
        ("", None),
    ],
)
def test_telephone_numbers(said: str, number: str | None) -> None:
    """A telephone number is found in what was said, and is Italian unless it says otherwise."""
    assert sharing.phone_of(said) == number


def test_no_contact_without_a_record() -> None:
    """No contact is kept of somebody whose record is gone."""
    with pytest.raises(UnknownReferenceError):
        add_contact("RS-7KQ4-M2", name="Ada")
    assert AuditEntry.objects.count() == 0
