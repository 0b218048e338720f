"""The interface for other programs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

# Before anything else of Django.
from tests.django_setup import ClientOf, new_user

from django.core.cache import cache  # isort: skip
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from knox.models import AuthToken
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import Role, User
from actions.trial import trial
from records.audit import Action
from records.models import AuditEntry, Outcome, Record, Status
from review.handover import api, refusals
from tests.console.samples import a_record

pytestmark = pytest.mark.usefixtures("database")

FHIR = "application/fhir+json"


@pytest.fixture(autouse=True)
def nothing_asked_yet() -> Iterator[None]:
    """What others asked for before counts for nobody."""
    cache.clear()
    yield
    cache.clear()


def token_of(user: User, **other: Any) -> dict[str, str]:
    """The header with a new token of the user."""
    _, token = AuthToken.objects.create(user, **other)
    return {"Authorization": f"Token {token}"}


def addresses(record: Record) -> list[str]:
    """Every address of the interface."""
    return [
        reverse("handover:prescreenings"),
        reverse("handover:bundle", args=[record.pk]),
        reverse("handover:questionnaire"),
        reverse("handover:schema"),
        "/hand-over/api/something/else",
    ]


# What there is


def test_a_token_of_a_lead_opens_it() -> None:
    """A program with a lead's token gets the list."""
    record = a_record()
    response = Client().get(reverse("handover:prescreenings"), headers=token_of(new_user(Role.LEAD)))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    [listed] = response.json()["results"]
    assert listed == {
        "id": str(record.pk),
        "address": f"http://testserver{reverse('handover:bundle', args=[record.pk])}",
        "reference": record.reference,
        "begun_at": "2026-11-20T10:12:00+01:00",
        "shared_at": "2026-11-20T10:37:00+01:00",
        "on": "2026-11-20",
        "outcome": "possible_match",
        "recheck_on": None,
        "language": "en",
        "state": "new",
    }


def test_the_session_of_the_console_opens_it_too(client_of: ClientOf) -> None:
    """Whoever is logged in as lead needs no token."""
    assert client_of(Role.LEAD).get(reverse("handover:prescreenings")).status_code == 200


def test_the_list_comes_in_pages(client_of: ClientOf) -> None:
    """The newest stand first, with the address of the next page; a page is never longer than it may be."""
    records = [a_record() for _ in range(3)]
    client = client_of(Role.LEAD)
    first = client.get(reverse("handover:prescreenings"), {"page_size": "2"}).json()
    assert (first["count"], len(first["results"])) == (3, 2)
    second = client.get(first["next"]).json()
    found = [listed["reference"] for listed in (*first["results"], *second["results"])]
    assert sorted(found) == sorted(record.reference for record in records)
    assert second["next"] is None
    assert client.get(reverse("handover:prescreenings"), {"page": "7"}).status_code == 404
    assert api.Pages.max_page_size == 200


def test_the_list_is_filtered_as_in_the_console(client_of: ClientOf) -> None:
    """The same filters hold; what makes no sense is left aside."""
    a_record()
    waits = a_record(Outcome.NOT_YET, status=Status.CALLED)
    client = client_of(Role.LEAD)
    for query in ({"outcome": "not_yet"}, {"state": "called"}, {"sort": "recheck", "page_size": "1", "outcome": "xyz"}):
        listed = client.get(reverse("handover:prescreenings"), query).json()["results"]
        assert [each["reference"] for each in listed] == [waits.reference]


def test_a_prescreening_is_a_bundle(client_of: ClientOf) -> None:
    """Its address gives FHIR, with the type of FHIR, that fhir.resources takes; for any JSON as well."""
    record = a_record()
    client = client_of(Role.LEAD)
    address = reverse("handover:bundle", args=[record.pk])
    response = client.get(address, headers={"Accept": FHIR})
    assert response.status_code == 200
    assert response["Content-Type"].startswith(FHIR)
    assert response["Content-Disposition"] == f'attachment; filename="{record.reference}.json"'
    assert Bundle.parse_raw(response.content).identifier.value == record.reference
    assert client.get(address)["Content-Type"].startswith(FHIR)
    as_json = client.get(address, headers={"Accept": "application/json"})
    assert as_json["Content-Type"].startswith("application/json")
    assert json.loads(as_json.content)["resourceType"] == "Bundle"


@pytest.mark.parametrize("language", [*trial().languages, "xx", ""])
def test_the_form_is_a_questionnaire(client_of: ClientOf, language: str) -> None:
    """The form is given in a language that is spoken here, else in the usual one."""
    response = client_of(Role.LEAD).get(reverse("handover:questionnaire"), {"language": language})
    assert response["Content-Type"].startswith(FHIR)
    assert Questionnaire.parse_raw(response.content).language == trial().spoken(language)


def test_no_answer_stays_in_a_store(client_of: ClientOf) -> None:
    """No browser and no proxy may keep what is given."""
    record = a_record()
    client = client_of(Role.LEAD)
    for address in addresses(record):
        assert "no-store" in client.get(address)["Cache-Control"]


# The description


def test_the_description_is_valid() -> None:
    """The OpenAPI description is valid, and nothing in the interface is left undescribed."""
    written = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    for path in (
        "/hand-over/api/prescreenings/",
        "/hand-over/api/prescreenings/{id}/",
        "/hand-over/api/questionnaire/",
    ):
        assert f"  {path}:" in written.getvalue()


def test_the_description_is_served(client_of: ClientOf) -> None:
    """It names every address, the filters, FHIR, the refusals, and how to log in."""
    described = client_of(Role.LEAD).get(reverse("handover:schema")).json()
    assert described["openapi"].startswith("3.")
    paths = described["paths"]
    assert set(paths) >= {reverse("handover:prescreenings"), reverse("handover:questionnaire")}
    of_list = paths[reverse("handover:prescreenings")]["get"]
    named = {parameter["name"] for parameter in of_list["parameters"]}
    assert named == {"outcome", "state", "language", "assigned", "due", "sort", "page", "page_size"}
    of_one = paths["/hand-over/api/prescreenings/{id}/"]["get"]
    assert FHIR in of_one["responses"]["200"]["content"]
    assert {"401", "403", "404", "429"} <= set(of_one["responses"])
    assert of_one["security"] == [{"knoxApiToken": []}, {"cookieAuth": []}]


def test_no_page_loads_anything_from_elsewhere(client_of: ClientOf) -> None:
    """A browser gets JSON too: there is no page with scripts of others."""
    record = a_record()
    client = client_of(Role.LEAD)
    for address in addresses(record):
        response = client.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
        assert "json" in response["Content-Type"]
        assert b"<script" not in response.content


# Who may


def test_nobody_is_let_in_without_a_login() -> None:
    """Without session or token each address answers 401 as JSON, and does not lead to the login page."""
    record = a_record()
    for address in addresses(record):
        response = Client().get(address)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/json"
        assert set(response.json()) == {"detail"}
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, ""])
def test_only_leads_are_let_in(role: str) -> None:
    """Others are denied at each address, with token or session, and nothing is noted as taken."""
    record = a_record()
    user = new_user(role)
    client = Client()
    client.force_login(user, backend="accounts.roles.RoleBackend")
    for address in addresses(record):
        for response in (Client().get(address, headers=token_of(user)), client.get(address)):
            assert response.status_code == 403
            assert set(response.json()) == {"detail"}
            assert record.reference.encode() not in response.content
    assert not AuditEntry.objects.filter(action__in=[Action.EXPORT, Action.LIST]).exists()


def test_a_token_ends() -> None:
    """A token that is over, one of somebody who has left, and one that nobody gave are refused."""
    lead = new_user(Role.LEAD)
    over = token_of(lead, expiry=timedelta(seconds=-1))
    gone = new_user(Role.LEAD)
    of_gone = token_of(gone)
    gone.is_active = False
    gone.save()
    for headers in (over, of_gone, {"Authorization": "Token 0123456789abcdef"}, {"Authorization": "Token "}):
        response = Client().get(reverse("handover:prescreenings"), headers=headers)
        assert response.status_code == 401
        assert set(response.json()) == {"detail"}


def test_a_right_that_is_taken_away_is_gone_at_once() -> None:
    """Whoever is a coordinator from now on can do no more with an old token."""
    lead = new_user(Role.LEAD)
    headers = token_of(lead)
    lead.role = Role.COORDINATOR
    lead.save()
    assert Client().get(reverse("handover:prescreenings"), headers=headers).status_code == 403


def test_it_is_only_read(client_of: ClientOf) -> None:
    """Nothing can be changed by it."""
    record = a_record()
    headers = token_of(new_user(Role.LEAD))
    for address in addresses(record)[:4]:
        for method in ("post", "put", "patch", "delete"):
            assert getattr(Client(), method)(address, headers=headers).status_code == 405
    assert Record.objects.filter(pk=record.pk).exists()


def test_too_much_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks more often than allowed is told so, and when to come again."""
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "2/min"})
    headers = token_of(new_user(Role.LEAD))
    address = reverse("handover:prescreenings")
    assert [Client().get(address, headers=headers).status_code for _ in range(3)] == [200, 200, 429]
    refused = Client().get(address, headers=headers)
    assert int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/json"
    assert Client().get(address, headers=token_of(new_user(Role.LEAD))).status_code == 200


def test_nobody_can_ask_without_end(client_of: ClientOf) -> None:
    """The throttle is on as it is set: a lead who asks and asks is refused at last."""
    client = client_of(Role.LEAD)
    address = reverse("handover:questionnaire")
    assert 429 in [client.get(address).status_code for _ in range(121)]


# What is noted


def test_each_access_is_noted() -> None:
    """Reading the list and taking a pre-screening stand in the trail, with who and which."""
    record = a_record()
    lead = new_user(Role.LEAD)
    headers = token_of(lead)
    Client().get(reverse("handover:prescreenings"), headers=headers)
    Client().get(reverse("handover:bundle", args=[record.pk]), headers=headers)
    noted = AuditEntry.objects.values_list("actor", "action", "subject", "detail")
    assert list(noted) == [
        (lead.username, Action.LIST, "", "api list"),
        (lead.username, Action.EXPORT, record.reference, "api fhir"),
    ]


# What goes wrong


def test_a_wrong_id_is_refused_as_json(client_of: ClientOf) -> None:
    """An id that nobody has, one that is none, and an address that there is not: 404 with the same few words."""
    client = client_of(Role.LEAD)
    for address in (
        reverse("handover:bundle", args=[uuid.uuid4()]),
        "/hand-over/api/prescreenings/RS-7KQ4-M2/",
        "/hand-over/api/patients/",
    ):
        response = client.get(address)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
        assert response.json() == {"detail": "Not found."}
    assert not AuditEntry.objects.filter(action=Action.EXPORT).exists()


def test_another_format_is_refused(client_of: ClientOf) -> None:
    """Whoever wants XML is told that there is none."""
    record = a_record()
    response = client_of(Role.LEAD).get(
        reverse("handover:bundle", args=[record.pk]), headers={"Accept": "application/fhir+xml"}
    )
    assert response.status_code == 406
    assert response["Content-Type"] == "application/json"


def test_an_error_tells_nothing_of_a_person(
    client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody foresaw: 500 as JSON, its words neither there nor in the log, and no export is noted."""

    def fails(*given: object) -> None:
        raise ValueError("CANARY has haemoglobin 8.1")

    monkeypatch.setattr(api, "bundle", fails)
    record = a_record()
    response = client_of(Role.LEAD).get(reverse("handover:bundle", args=[record.pk]))
    assert response.status_code == 500
    assert response["Content-Type"] == "application/json"
    assert set(response.json()) == {"detail"}
    assert "CANARY" not in response.content.decode() + caplog.text
    [logged] = [entry for entry in caplog.records if entry.name == refusals.__name__]
    assert "ValueError" in logged.getMessage()
    assert not AuditEntry.objects.filter(action=Action.EXPORT).exists()
