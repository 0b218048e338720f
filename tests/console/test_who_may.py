"""Who may see which page: denied to whoever the role does not name."""

from __future__ import annotations

import pytest
from django.test import Client

from records.models import Record, Status
from tests.console.samples import a_record
from tests.django_setup import ClientOf

EVERYBODY_WHO_READS = ("coordinator", "lead")
PAGES = {
    "/": EVERYBODY_WHO_READS,
    "/records/{id}/": EVERYBODY_WHO_READS,
    "/records/{id}/judge-again/": EVERYBODY_WHO_READS,
    "/calendar/": EVERYBODY_WHO_READS,
    "/numbers/": EVERYBODY_WHO_READS,
    "/numbers.csv": EVERYBODY_WHO_READS,
    "/records/{id}/delete/": ("lead",),
    "/audit/": ("lead",),
}
FORMS = {
    "/search/": EVERYBODY_WHO_READS,
    "/records/{id}/note/": EVERYBODY_WHO_READS,
    "/records/{id}/state/": EVERYBODY_WHO_READS,
    "/records/{id}/assignment/": ("lead",),
    "/records/{id}/delete/": ("lead",),
    "/audit/": ("lead",),
}
GIVEN = {"reference": "x", "text": "", "status": "closed", "seen": "called"}


@pytest.mark.parametrize("role", ["coordinator", "lead", "administrator", ""])
def test_a_page_is_for_those_whom_the_role_names(client_of: ClientOf, role: str) -> None:
    """Every page opens to the roles that may see it and to no other."""
    record = a_record()
    client = client_of(role)
    for path, roles in PAGES.items():
        status = client.get(path.format(id=record.pk)).status_code
        assert (path, status) == (path, 200 if role in roles else 403)
    for path, roles in FORMS.items():
        status = client.post(path.format(id=record.pk), GIVEN).status_code
        assert (path, status == 403) == (path, role not in roles)


def test_whoever_is_denied_reads_nothing_of_the_record(client_of: ClientOf) -> None:
    """The page that denies tells neither reference nor outcome."""
    record = a_record(name="Maria Verdi")
    page = client_of("administrator").get(f"/records/{record.pk}/").content.decode()
    assert record.reference not in page
    assert "Maria" not in page


def test_nobody_sees_a_page_without_logging_in(database: None) -> None:
    """Whoever is not logged in is led to the page where one does that, wherever they wanted to go."""
    record = a_record()
    for path in PAGES:
        response = Client().get(path.format(id=record.pk))
        assert (path, response.status_code) == (path, 302)
        assert response.headers["Location"].startswith("/account/log-in/")
    for path in FORMS:
        assert Client().post(path.format(id=record.pk), GIVEN).status_code == 302
    assert Record.objects.get().status == Status.NEW


def test_the_ways_through_the_console_are_those_that_are_open(client_of: ClientOf) -> None:
    """The navigation names no page that would be denied."""
    page = client_of("coordinator").get("/").content.decode()
    assert 'href="/calendar/"' in page
    assert 'href="/audit/"' not in page
    assert 'href="/account/users/"' not in page
