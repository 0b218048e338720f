"""What the clinic does with a record: its state, to whom it is assigned, notes, and deleting it."""

from __future__ import annotations

import pytest
from django.test import Client

from records.models import LONGEST_NOTE, AuditEntry, Note, Record, Status
from tests.console.samples import a_record
from tests.django_setup import ClientOf, new_user


def entries(action: str) -> list[tuple[str, str, str]]:
    """What the trail tells of an action: who, of what, and more."""
    return list(AuditEntry.objects.filter(action=action).values_list("actor", "subject", "detail"))


def test_a_state_is_changed_and_audited(client_of: ClientOf) -> None:
    """A new state is stored, said, and in the trail with who and from what to what."""
    record, client = a_record(), client_of("coordinator")
    response = client.post(f"/records/{record.pk}/state/", {"status": "called", "seen": "new"}, follow=True)
    record.refresh_from_db()
    assert record.status == Status.CALLED
    assert "The state is now “Called”." in response.content.decode()
    assert entries("change_state") == [(client.user.username, record.reference, "new → called")]


def test_of_two_who_change_a_state_the_second_is_told(client_of: ClientOf) -> None:
    """A state that was changed since it was seen is not overwritten; whoever comes second sees the new one."""
    record = a_record()
    first, second = client_of("coordinator"), client_of("coordinator")
    first.post(f"/records/{record.pk}/state/", {"status": "referred", "seen": "new"})
    response = second.post(f"/records/{record.pk}/state/", {"status": "closed", "seen": "new"})
    record.refresh_from_db()
    assert record.status == Status.REFERRED
    assert response.status_code == 409
    page = response.content.decode()
    assert "Meanwhile somebody else set the state to “Referred”" in page
    assert 'name="seen" value="referred"' in page
    assert len(entries("change_state")) == 1


@pytest.mark.parametrize(
    "given", [{"status": "lost", "seen": "new"}, {"status": "closed"}, {}, {"status": "", "seen": ""}]
)
def test_a_state_that_there_is_not_is_refused(client_of: ClientOf, given: dict[str, str]) -> None:
    """Only the states that can be chosen are taken."""
    record = a_record()
    response = client_of("coordinator").post(f"/records/{record.pk}/state/", given)
    assert response.status_code == 422
    assert "That is no state. Nothing was changed." in response.content.decode()
    record.refresh_from_db()
    assert record.status == Status.NEW


def test_a_lead_assigns_a_record(client_of: ClientOf) -> None:
    """A record is given to a coordinator, who finds it among their own."""
    record, coordinator = a_record(), client_of("coordinator")
    lead = client_of("lead")
    lead.post(f"/records/{record.pk}/assignment/", {"assigned_to": coordinator.user.pk, "seen": ""})
    assert record.reference in coordinator.get("/?assigned=me").content.decode()
    assert entries("assign") == [(lead.user.username, record.reference, f"to {coordinator.user.username}")]
    lead.post(f"/records/{record.pk}/assignment/", {"assigned_to": "", "seen": coordinator.user.pk})
    record.refresh_from_db()
    assert record.assigned_to is None


def test_a_record_that_was_assigned_meanwhile_is_not_assigned_anew(client_of: ClientOf) -> None:
    """Two leads do not take a record from each other unseen."""
    record, lead = a_record(), client_of("lead")
    first, second = new_user("coordinator", "first"), new_user("coordinator", "second")
    Record.objects.update(assigned_to=first)
    response = lead.post(f"/records/{record.pk}/assignment/", {"assigned_to": second.pk, "seen": ""})
    record.refresh_from_db()
    assert record.assigned_to == first
    assert response.status_code == 409
    assert "gave this record to first" in response.content.decode()


@pytest.mark.parametrize("whom", ["administrator", "left", "999999", "x", "1 OR 1=1"])
def test_nobody_who_may_not_read_a_record_is_given_one(client_of: ClientOf, whom: str) -> None:
    """A record is assigned to active coordinators and leads alone."""
    record = a_record()
    given = {
        "administrator": lambda: new_user("administrator").pk,
        "left": lambda: new_user("coordinator", is_active=False).pk,
    }.get(whom, lambda: whom)()
    response = client_of("lead").post(f"/records/{record.pk}/assignment/", {"assigned_to": given, "seen": ""})
    assert response.status_code == 422
    record.refresh_from_db()
    assert record.assigned_to is None


def test_a_note_is_kept_with_its_author(client_of: ClientOf) -> None:
    """A note stands on the record's page with who wrote it; that it was written is in the trail, its words are not."""
    record, client = a_record(), client_of("coordinator")
    page = client.post(f"/records/{record.pk}/note/", {"text": "Called.\nNo answer."}, follow=True).content.decode()
    assert "Called.\nNo answer." in page
    assert page.index(f"<b>{client.user.username}</b>") < page.index("Called.\nNo answer.")
    assert entries("note") == [(client.user.username, record.reference, "")]


def test_an_overlong_note_is_refused_and_stays_in_its_field(client_of: ClientOf) -> None:
    """One character too many is told with how many, and nothing of what was written is lost."""
    record, client = a_record(), client_of("coordinator")
    text = "y" * LONGEST_NOTE + "z"
    response = client.post(f"/records/{record.pk}/note/", {"text": text})
    page = response.content.decode()
    assert response.status_code == 422
    assert f"1 character too long: at most {LONGEST_NOTE} fit" in page
    assert f">{text}</textarea>" in page
    assert not Note.objects.exists()


def test_the_longest_note_is_taken_however_a_browser_ends_its_lines(client_of: ClientOf) -> None:
    """A new line is one character, though a browser sends two."""
    record, client = a_record(), client_of("coordinator")
    text = "\r\n".join(["x"] * (LONGEST_NOTE // 2))
    assert client.post(f"/records/{record.pk}/note/", {"text": text}).status_code == 302
    assert len(Note.objects.get().text) == LONGEST_NOTE - 1


@pytest.mark.parametrize("text", ["", "  \n ", "a\x00b"])
def test_what_is_no_note_is_refused(client_of: ClientOf, text: str) -> None:
    """Nothing, blanks, or what no database can store, are no note."""
    record = a_record()
    assert client_of("coordinator").post(f"/records/{record.pk}/note/", {"text": text}).status_code == 422
    assert not Note.objects.exists()


def test_a_button_pressed_twice_writes_one_note(client_of: ClientOf) -> None:
    """The same note sent again at once is the same note."""
    record, client = a_record(), client_of("coordinator")
    for _press in range(2):
        client.post(f"/records/{record.pk}/note/", {"text": "Called."})
    assert Note.objects.count() == 1


@pytest.fixture
def erased(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is given to be erased. How it is erased is tested with the records."""
    given: list[tuple[str, str]] = []

    def erase(reference: str, actor: str) -> bool:
        given.append((reference, actor))
        return True

    monkeypatch.setattr("review.deletion.erase_reference", erase)
    return given


def test_a_record_is_deleted_once_its_reference_was_typed(client_of: ClientOf, erased: list[tuple[str, str]]) -> None:
    """Deleting asks for the reference, takes it however it is written, and tells that it is done."""
    record, lead = a_record(reference="RS-7KQ4-M2"), client_of("lead")
    assert "please type" in lead.get(f"/records/{record.pk}/delete/").content.decode()
    assert erased == []
    response = lead.post(f"/records/{record.pk}/delete/", {"reference": "rs 7kq4 m2"}, follow=True)
    assert erased == [("RS-7KQ4-M2", lead.user.username)]
    assert "RS-7KQ4-M2 is deleted, with its conversation." in response.content.decode()


@pytest.mark.parametrize("typed", ["", "yes", "RS-2222-22"])
def test_a_wrong_reference_deletes_nothing(client_of: ClientOf, erased: list[tuple[str, str]], typed: str) -> None:
    """Anything but the record's own reference is refused."""
    record = a_record(reference="RS-7KQ4-M2")
    response = client_of("lead").post(f"/records/{record.pk}/delete/", {"reference": typed})
    assert response.status_code == 422
    assert "That is not RS-7KQ4-M2. Nothing was deleted." in response.content.decode()
    assert erased == []


@pytest.mark.parametrize("way", ["note", "state", "assignment", "delete"])
def test_a_forged_form_changes_nothing(client_of: ClientOf, erased: list[tuple[str, str]], way: str) -> None:
    """A form of another site, which does not know the browser's token, is refused."""
    record = a_record()
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = client_of("lead").cookies
    given = {"text": "x", "status": "closed", "seen": "new", "reference": record.reference, "assigned_to": ""}
    assert browser.post(f"/records/{record.pk}/{way}/", given).status_code == 403
    record.refresh_from_db()
    assert (record.status, Note.objects.count(), erased) == (Status.NEW, 0, [])


@pytest.mark.parametrize("way", ["note", "state", "assignment"])
def test_nothing_is_changed_by_an_address(client_of: ClientOf, way: str) -> None:
    """A link alone changes nothing, whoever follows it; it leads to the record, as after logging in anew."""
    record = a_record()
    given = {"text": "x", "status": "closed", "seen": "new"}
    response = client_of("lead").get(f"/records/{record.pk}/{way}/", given)
    assert (response.status_code, response.headers["Location"]) == (302, f"/records/{record.pk}/")
    record.refresh_from_db()
    assert (record.status, Note.objects.count()) == (Status.NEW, 0)
