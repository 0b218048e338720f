"""The filtered list as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

# Before anything else of Django.
from tests.django_setup import ClientOf, new_user

from django.http import HttpResponse  # isort: skip
from django.urls import reverse

from accounts.models import Role
from records.audit import Action
from records.models import AuditEntry, Outcome, Status
from review.handover.table import BYTE_ORDER_MARK, harmless
from tests.console.samples import a_record

pytestmark = pytest.mark.usefixtures("database")


def rows(response: HttpResponse | Any) -> list[dict[str, str]]:
    """The lines of the file, by the names of the columns."""
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def get(client_of: ClientOf, role: str = Role.LEAD, **query: str) -> Any:
    """The list, as a user of this role gets it."""
    return client_of(role).get(reverse("handover:csv"), query)


def test_excel_can_open_it(client_of: ClientOf) -> None:
    """The file is UTF-8 that says so, with commas, and is to be saved under a name with the day."""
    a_record()
    response = get(client_of)
    assert response.content.startswith(BYTE_ORDER_MARK.encode())
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="prescreenings-20')


def test_every_column_is_filled(client_of: ClientOf) -> None:
    """A line has all that the list shows, the number of points to check, and whether a contact was left."""
    anna = new_user(Role.COORDINATOR, "anna")
    record = a_record(Outcome.NOT_YET, phone="+39 06 1234567", status=Status.CALLED, assigned_to=anna)
    assert rows(get(client_of)) == [
        {
            "Reference": record.reference,
            "Begun": "2026-11-20 10:12",
            "Shared": "2026-11-20 10:37",
            "Judged for": "2026-11-20",
            "Outcome": "Not yet",
            "Language": "English",
            "State": "Called",
            "Assigned to": "anna",
            "Recheck on": "2026-12-04",
            "Points to check": "0",
            "Contact left": "yes",
        }
    ]


def test_what_is_open_is_counted(client_of: ClientOf) -> None:
    """Points that the team can still clear up are counted, beside what nobody but the team can ever judge."""
    a_record(Outcome.UNCLEAR)
    [line] = rows(get(client_of))
    assert line["Points to check"] == "2"
    assert line["Contact left"] == "no"


def test_the_list_is_the_one_that_is_shown(client_of: ClientOf) -> None:
    """Filters and order of the address hold for the file; what makes no sense is left aside."""
    fits, waits = a_record(), a_record(Outcome.NOT_YET)
    closed = a_record(Outcome.NOT_A_MATCH, status=Status.CLOSED)

    def listed(**query: str) -> list[str]:
        return [line["Reference"] for line in rows(get(client_of, **query))]

    assert listed(outcome="not_yet") == [waits.reference]
    assert listed(state="closed") == [closed.reference]
    assert set(listed(state="open")) == {fits.reference, waits.reference}
    everyone = sorted([fits.reference, waits.reference, closed.reference])
    assert listed(sort="reference") == everyone
    assert listed(sort="-reference") == everyone[::-1]
    assert sorted(listed(outcome="'; DROP TABLE", sort="phone")) == everyone


def test_neither_answers_nor_words_nor_contact_are_in_it(client_of: ClientOf) -> None:
    """The file has no answer, nothing of the conversation, and no name or number."""
    a_record(said={"age_years": "CANARY said"}, name="Canary Smith", phone="+39 06 1234567", email="canary@example.com")
    text = get(client_of).content.decode().lower()
    for word in ("canary", "1234567", "how old", "haemoglobin", "13.5"):
        assert word not in text


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n", *"＝＋－＠"])
def test_nothing_in_it_is_a_formula(client_of: ClientOf, sign: str) -> None:
    """What a spreadsheet would take for a formula is made a text."""
    assert harmless(f"{sign}cmd|' /C calc'!A0") == f"'{sign}cmd|' /C calc'!A0"
    a_record(assigned_to=new_user(Role.COORDINATOR, f"{sign}HYPERLINK(1)"))
    [line] = rows(get(client_of))
    assert line["Assigned to"].startswith(f"'{sign}HYPERLINK")


def test_what_is_no_formula_stays_as_it_is() -> None:
    """Nothing is put before other text."""
    for text in ("", "anna", "2026-11-20", "a=b", "1-2"):
        assert harmless(text) == text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, ""])
def test_only_leads_may_take_it(client_of: ClientOf, role: str) -> None:
    """A coordinator, an administrator and somebody without a role are denied, and nothing is noted as taken."""
    a_record()
    assert get(client_of, role).status_code == 403
    assert not AuditEntry.objects.filter(action=Action.EXPORT).exists()


def test_whoever_is_not_logged_in_is_asked_to(client_of: ClientOf) -> None:
    """Without a session the address leads to the login."""
    client = client_of(Role.LEAD)
    client.logout()
    response = client.get(reverse("handover:csv"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("accounts:login"))


def test_taking_it_is_noted_for_each_record(client_of: ClientOf) -> None:
    """The trail says who took which records out, and not those that the filter left aside."""
    taken = [a_record(Outcome.NOT_YET), a_record(Outcome.NOT_YET)]
    a_record()
    client = client_of(Role.LEAD)
    client.get(reverse("handover:csv"), {"outcome": "not_yet"})
    entries = AuditEntry.objects.filter(action=Action.EXPORT)
    assert {entry.subject for entry in entries} == {record.reference for record in taken}
    assert {(entry.actor, entry.detail) for entry in entries} == {(client.user.username, "csv")}  # type: ignore[attr-defined]


def test_it_is_only_read(client_of: ClientOf) -> None:
    """A form cannot be sent to it."""
    assert client_of(Role.LEAD).post(reverse("handover:csv")).status_code == 405
