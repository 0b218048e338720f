"""The calendar: whose waiting time is over, and when that of the others will be."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from records.models import AuditEntry, Record, Status
from review.calendar import MOST, spans_of
from tests.console.samples import a_record
from tests.django_setup import ClientOf


def test_days_are_told_by_how_near_they_are() -> None:
    """Due now, in the next seven days, later in the month, then month by month."""
    today = date(2026, 11, 10)
    days = ["2026-10-01", "2026-11-10", "2026-11-11", "2026-11-17", "2026-11-18", "2026-12-01", "2027-12-01"]
    waiting = [Record(recheck_on=date.fromisoformat(day)) for day in days]
    found = [(span.title, len(span.records)) for span in spans_of(waiting, today)]
    assert found == [
        ("Due now", 2),
        ("In the next 7 days", 2),
        ("Later in November 2026", 1),
        ("December 2026", 1),
        ("December 2027", 1),
    ]


def test_the_calendar_shows_who_waits_and_is_not_closed(client_of: ClientOf) -> None:
    """A record with a recheck day stands in the calendar until it is closed; the others never do."""
    today = timezone.localdate()
    due, later = (a_record("not_yet", recheck_on=today + timedelta(days=days)) for days in (-3, 60))
    closed = a_record("not_yet", status=Status.CLOSED)
    fits = a_record()
    page = client_of("coordinator").get("/calendar/").content.decode()
    assert page.index("Due now") < page.index(due.reference) < page.index(later.reference)
    assert closed.reference not in page
    assert fits.reference not in page


def test_a_full_calendar_leads_to_the_list() -> None:
    """Of very many on the same days the first are shown, and how many more there are."""
    today = date(2026, 11, 10)
    [span] = spans_of([Record(recheck_on=today)] * (MOST + 3), today)
    assert (len(span.records), span.more, span.number) == (MOST, 3, MOST + 3)


def test_an_empty_calendar_says_so(client_of: ClientOf) -> None:
    """Where nobody waits, the page says that."""
    assert "Nobody waits" in client_of("coordinator").get("/calendar/").content.decode()


def test_looking_at_the_calendar_is_audited(client_of: ClientOf) -> None:
    """The calendar is a list of records, and read as one."""
    client = client_of("coordinator")
    client.get("/calendar/")
    assert AuditEntry.objects.filter(actor=client.user.username, action="list", detail="calendar").count() == 1
