"""The numbers for the clinic: counted without content, by period, as tables and as CSV."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from records.counting import What
from records.models import AuditEntry, Count
from tests.django_setup import ClientOf


def counted(what: What, number: int, key: str = "", days_ago: int = 0) -> None:
    """Something that was counted."""
    day = timezone.localdate() - timedelta(days=days_ago)
    Count.objects.create(day=day, what=what, key=key, number=number)


def read(page: str) -> str:
    """What a person reads of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_course_of_pre_screenings_is_told(client_of: ClientOf) -> None:
    """How many were begun, finished, shared and not shared."""
    for number, what in enumerate((What.BEGUN, What.FINISHED, What.SHARED, What.DECLINED), start=11):
        counted(what, number)
        counted(what, 20, days_ago=3)
    said = read(client_of("coordinator").get("/numbers/").content.decode())
    for words in ("Begun 31", "Finished 32", "Shared 33", "Not shared 34"):
        assert words in said


def test_keys_are_told_in_words(client_of: ClientOf) -> None:
    """Where people stop is a question in words, what was not understood a topic, an outcome its name."""
    counted(What.STOPPED_AT, 3, "age_years")
    counted(What.SKIPPED, 4, "dialysis")
    counted(What.UNCLEAR, 5, "dose")
    counted(What.OUTCOME, 6, "not_a_match")
    counted(What.STOPPED_AT, 7, "gone_question")
    counted(What.UNCLEAR, 8, "other")
    page = client_of("coordinator").get("/numbers/").content.decode()
    said = read(page)
    assert re.search(r"How old are you\? For example, 72\. 3\b", said)
    assert re.search(r"dialysis[^.]* 4\b", said)
    assert "What was the dose? 5" in said
    assert "Not a match 6" in said
    assert "gone_question 7" in said
    assert "Other 8" in said


@pytest.mark.parametrize(
    ("period", "begun"), [("30", 1), ("90", 3), ("365", 7), ("all", 15), ("", 1), ("-1", 1), ("9999999", 1), ("%00", 1)]
)
def test_a_period_can_be_chosen(client_of: ClientOf, period: str, begun: int) -> None:
    """30 days, 90 days, a year or all; what is no period is the usual one."""
    for number, days_ago in ((1, 29), (2, 30), (4, 90), (8, 365)):
        counted(What.BEGUN, number, days_ago=days_ago)
    said = read(client_of("coordinator").get(f"/numbers/?period={period}").content.decode())
    assert re.search(rf"Begun {begun}\b", said)


def test_bars_are_for_the_eye_and_every_number_stands_in_a_table(client_of: ClientOf) -> None:
    """A bar is hidden from screen readers and as long as its number is large; the number stands beside it."""
    counted(What.OUTCOME, 8, "unclear")
    counted(What.OUTCOME, 2, "not_yet")
    page = client_of("coordinator").get("/numbers/").content.decode()
    bars = re.findall(r'<svg[^>]*aria-hidden="true"[^>]*>.*?<rect width="(\d+)"', page)
    assert bars == ["100", "25"]
    assert page.count("<svg") == len(bars) + 1  # the mark of the header


def test_the_course_is_told_by_week_or_month(client_of: ClientOf) -> None:
    """A short period is told week by week, a long one month by month."""
    counted(What.BEGUN, 3)
    client = client_of("coordinator")
    assert "Week by week" in client.get("/numbers/?period=90").content.decode()
    assert "Month by month" in client.get("/numbers/?period=365").content.decode()


def test_the_numbers_are_a_csv_as_well(client_of: ClientOf) -> None:
    """The same numbers come as a table for a spreadsheet, and that they were taken is in the trail."""
    counted(What.BEGUN, 3)
    counted(What.SKIPPED, 4, "dialysis")
    client = client_of("coordinator")
    response = client.get("/numbers.csv?period=90")
    lines = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [(line["What"], line["Of"], line["Number"]) for line in lines] == [
        ("begun", "", "3"),
        ("skipped", "dialysis", "4"),
    ]
    assert "dialysis" in lines[1]["In words"]
    assert response.headers["Content-Disposition"] == f'attachment; filename="numbers-{timezone.localdate()}.csv"'
    assert AuditEntry.objects.filter(actor=client.user.username, action="export", detail="numbers, 90").exists()


def test_no_cell_of_the_csv_is_a_formula(client_of: ClientOf) -> None:
    """What looks like a formula is text to a spreadsheet."""
    Count.objects.create(day=date.today(), what=What.UNCLEAR, key="=1+1", number=1)
    lines = client_of("coordinator").get("/numbers.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("unclear,'=1+1,'=1+1,1,")


def test_before_anything_was_counted_the_page_says_so(client_of: ClientOf) -> None:
    """Without a number there is no empty table."""
    page = client_of("coordinator").get("/numbers/").content.decode()
    assert "Nothing was counted" in page
    assert "<table" not in page
