"""The list of the records: what it shows, how it is filtered, sorted and searched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from records.models import AuditEntry, Line, Record, Status
from review.filters import Filters, count_records
from tests.console.samples import a_record
from tests.django_setup import ClientOf

PHONE = "+39 059 422 2640"
LIST, SEARCH = "/", "/search/"


def shown(page: str, *records: Record) -> list[bool]:
    """Whether each record stands on a page."""
    return [record.reference in page for record in records]


def test_a_record_stands_in_the_list_with_outcome_day_language_state_and_whose_it_is(client_of: ClientOf) -> None:
    """The list tells outcome, day shared, language, state and to whom a record is assigned."""
    client = client_of("coordinator")
    record = a_record("unclear", assigned_to=client.user, status=Status.IN_REVIEW)
    page = client.get(LIST).content.decode()
    row = page[page.index(f">{record.reference}<") : page.index("</tbody>")]
    for said in ("Unclear", "In review", client.user.username, "20 Nov 2026", "English"):
        assert said in row


def test_what_waits_for_what_is_said_in_words(client_of: ClientOf) -> None:
    """A new record waits for a first look, one with a telephone for a call, one that is not yet for its day."""
    today = timezone.localdate()
    a_record("unclear", phone=PHONE)
    later = a_record("not_yet", on=today)
    page = client_of("coordinator").get(LIST).content.decode()
    assert "waits for a first look" in page
    assert "wishes a call: telephone left" in page
    assert "2 points for the team to check" in page
    assert later.recheck_on
    assert f"recheck from {later.recheck_on.day} " in page


def test_the_list_shows_no_telephone_number_name_or_address(client_of: ClientOf) -> None:
    """Whoever passes by a screen with the list reads no name, number or address."""
    a_record(phone=PHONE, name="Maria Verdi", email="maria@example.org")
    page = client_of("lead").get(LIST).content.decode()
    assert not any(said in page for said in (PHONE, "Maria", "maria@"))


def test_without_blood_values_the_list_says_so_instead_of_counting_nine_rules(client_of: ClientOf) -> None:
    """No blood values at all are one thing to wait for."""
    a_record(but={"labs_date": None})
    page = client_of("coordinator").get(LIST).content.decode()
    assert "no blood values yet" in page
    assert "points for the team" not in page


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("outcome=not_yet", [False, True, False]),
        ("state=closed", [False, False, True]),
        ("state=open", [True, True, False]),
        ("assigned=me", [True, False, False]),
        ("assigned=nobody", [False, True, True]),
        ("due=yes", [False, True, False]),
        ("outcome=not_yet&state=closed", [False, False, False]),
        ("language=en", [True, True, True]),
    ],
)
def test_the_list_is_filtered(client_of: ClientOf, query: str, kept: list[bool]) -> None:
    """Each filter keeps what it names, and two of them what both do."""
    client = client_of("coordinator")
    mine = a_record(assigned_to=client.user)
    due = a_record("not_yet", on=timezone.localdate() - timedelta(days=40))
    closed = a_record("not_a_match", status=Status.CLOSED)
    page = client.get(f"{LIST}?{query}").content.decode()
    assert shown(page, mine, due, closed) == kept


def test_each_filter_tells_how_many_it_would_show(client_of: ClientOf) -> None:
    """The numbers beside the filters are those of the lists that they lead to."""
    client = client_of("coordinator")
    for number, outcome in enumerate(["unclear", "unclear", "not_a_match"]):
        a_record(outcome, assigned_to=client.user if number else None)
    for chosen in (Filters(), Filters(assigned="me"), Filters(outcome="unclear", state="new")):
        counts = count_records(chosen, client.user)
        assert counts.shown == chosen.records(client.user).count()
        for name, by_value in counts.of.items():
            for value, number in by_value.items():
                assert number == chosen.changed(**{name: value}).records(client.user).count()
    assert "Unclear (2)" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "outcome=%00&state=%F0%9F%92%A9",
        "sort=password&page=-1",
        "page=99999999999999999999",
        "page=%3Cscript%3E",
        "assigned=1%20OR%201%3D1&due=perhaps&language=../../etc",
        "sort=-&sort=--shared",
    ],
)
def test_nonsense_in_the_address_is_left_aside(client_of: ClientOf, query: str) -> None:
    """An address that makes no sense shows the usual list."""
    record = a_record()
    response = client_of("coordinator").get(f"{LIST}?{query}")
    assert response.status_code == 200
    assert record.reference in response.content.decode()


def test_the_list_is_sorted_by_a_press_on_a_heading(client_of: ClientOf) -> None:
    """A heading leads to the list sorted by it, says so to a screen reader, and then leads to the other way round."""
    client = client_of("coordinator")
    match, against = a_record(), a_record("not_a_match")
    page = client.get(f"{LIST}?sort=outcome").content.decode()
    assert page.index(match.reference) < page.index(against.reference)
    assert 'aria-sort="ascending"><a href="/?sort=-outcome"' in page
    page = client.get(f"{LIST}?sort=-outcome").content.decode()
    assert page.index(against.reference) < page.index(match.reference)
    assert page.count("aria-sort") == 1


def test_states_are_sorted_as_they_are_worked_on(client_of: ClientOf) -> None:
    """Closed records stand after the called ones, whatever the alphabet says."""
    closed, new, called = (a_record(status=status) for status in (Status.CLOSED, Status.NEW, Status.CALLED))
    page = client_of("coordinator").get(f"{LIST}?sort=state").content.decode()
    assert page.index(new.reference) < page.index(called.reference) < page.index(closed.reference)


def test_records_without_a_recheck_day_come_last_either_way(client_of: ClientOf) -> None:
    """Sorted by the recheck day, records that have none stand at the end."""
    none, day = a_record(), a_record("not_yet")
    client = client_of("coordinator")
    for sort in ("recheck", "-recheck"):
        page = client.get(f"{LIST}?sort={sort}").content.decode()
        assert page.index(day.reference) < page.index(none.reference)


def test_a_long_list_has_pages_that_keep_the_filter(client_of: ClientOf) -> None:
    """Page by page, every record stands in the list once."""
    client = client_of("coordinator")
    records = _many(120)
    pages = [client.get(f"{LIST}?state=new&page={number}").content.decode() for number in (1, 2, 3)]
    assert all(sum(shown(page, record)[0] for page in pages) == 1 for record in records)
    assert 'rel="next" href="/?state=new&amp;page=2"' in pages[0]
    assert 'rel="next"' not in pages[2]


def test_a_list_of_thousands_asks_the_database_as_often_as_a_short_one(client_of: ClientOf) -> None:
    """However many records there are, the list takes the same few queries."""
    client = client_of("coordinator")
    _many(3)
    client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(LIST)
    _many(5000)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)
    of_records = [query for query in many if "records_record" in query["sql"]]
    assert len(of_records) == 3
    assert not any('"records_record"."state"' in query["sql"] for query in of_records)


@pytest.mark.parametrize("written", ["{0}", " {0} ", "{1}", "please find {1}", "{2}"])
def test_a_reference_is_found_however_it_is_written(client_of: ClientOf, written: str) -> None:
    """Small letters, blanks and missing hyphens are read."""
    record = a_record(reference="RS-7KQ4-M2")
    given = written.format(record.reference, record.reference.lower(), record.reference.replace("-", " "))
    response = client_of("coordinator").post(SEARCH, {"reference": given})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/records/{record.pk}/"


def test_a_reference_that_is_not_there_is_said_kindly_and_stays_in_the_field(client_of: ClientOf) -> None:
    """A miss says what may have happened, and shows the list."""
    record = a_record()
    response = client_of("coordinator").post(SEARCH, {"reference": "RS-2222-22"})
    page = response.content.decode()
    assert "There is no record RS-2222-22. It may have a slip in it" in page
    assert 'value="RS-2222-22"' in page
    assert record.reference in page


def test_what_is_no_reference_is_said_and_shown_harmlessly(client_of: ClientOf) -> None:
    """What is typed into the search is shown as text, however it looks."""
    page = client_of("coordinator").post(SEARCH, {"reference": '"><script>alert(1)</script>'}).content.decode()
    assert "That does not look like a reference" in page
    assert "<script>alert" not in page


def test_a_search_is_no_address(client_of: ClientOf) -> None:
    """A reference is searched by a form alone; an address with one leads to the list, and finds nothing."""
    a_record(reference="RS-7KQ4-M2")
    response = client_of("coordinator").get(SEARCH, {"reference": "RS-7KQ4-M2"})
    assert (response.status_code, response.headers["Location"]) == (302, LIST)


def test_lists_and_searches_are_audited(client_of: ClientOf) -> None:
    """Who listed and who searched for which reference is in the trail; what else was typed is not."""
    client = client_of("coordinator")
    client.get(LIST)
    client.post(SEARCH, {"reference": "rs 7kq4 m2"})
    client.post(SEARCH, {"reference": "Maria Verdi"})
    entries = AuditEntry.objects.filter(actor=client.user.username, action__in=["list", "search"]).order_by("number")
    assert list(entries.values_list("action", "subject")) == [("list", ""), ("search", "RS-7KQ4-M2"), ("search", "")]


def test_an_empty_console_says_what_will_come(client_of: ClientOf) -> None:
    """Before the first record the list says when there will be one."""
    assert "No records yet" in client_of("coordinator").get(LIST).content.decode()


def test_a_filter_that_leaves_nothing_offers_to_show_all(client_of: ClientOf) -> None:
    """An empty list that was filtered leads back to the whole."""
    a_record()
    page = client_of("coordinator").get(f"{LIST}?state=closed").content.decode()
    assert "No record is as you chose." in page


def test_only_a_lead_is_offered_the_list_as_csv(client_of: ClientOf) -> None:
    """The way out of the console is offered to those who may take it."""
    a_record()
    assert "This list as CSV" in client_of("lead").get(LIST).content.decode()
    assert "This list as CSV" not in client_of("coordinator").get(LIST).content.decode()


def _many(number: int) -> list[Record]:
    """Records like one another, without their transcripts."""
    model = a_record()
    Line.objects.filter(record=model).delete()
    fields = {
        field.attname: getattr(model, field.attname)
        for field in Record._meta.concrete_fields
        if field.name not in ("id", "reference", "conversation")
    }
    start = Record.objects.count()
    return [
        model,
        *Record.objects.bulk_create(
            Record(reference=f"RS-{start + each:06d}", conversation=f"c{start + each}", **fields)
            for each in range(number - 1)
        ),
    ]
