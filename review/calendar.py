"""Whose recheck day has come, and whose comes when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from records.audit import Action, append
from records.models import Outcome, Record, Status
from review.asking import user_of

#: Days that are soon.
SOON = timedelta(days=7)
#: Records that are shown of a span; the list has the others.
MOST = 50


@dataclass(frozen=True)
class Span:
    """Some days, and the records whose recheck day is one of them; ``more`` are not shown."""

    name: str
    title: str
    records: tuple[Record, ...]
    more: int = 0

    @property
    def number(self) -> int:
        """How many there are."""
        return len(self.records) + self.more


@require_safe
@never_cache
@permission_required("records.view_record", raise_exception=True)
def calendar(request: HttpRequest) -> HttpResponse:
    """Everybody whom waiting would help, by the day on which it is over; those that are closed aside."""
    append(user_of(request).get_username(), Action.LIST, detail="calendar")
    waiting = (
        Record.objects.filter(outcome=Outcome.NOT_YET, recheck_on__isnull=False)
        .exclude(status=Status.CLOSED)
        .select_related("assigned_to")
        .defer("state", "verdict")
        .order_by("recheck_on", "shared_at")
    )
    spans = list(spans_of(waiting, timezone.localdate()))
    context = {"place": "calendar", "spans": spans, "number": sum(span.number for span in spans)}
    return render(request, "review/calendar.html", context)


def spans_of(waiting: Iterable[Record], today: date) -> Iterator[Span]:
    """Due now, within the next days, then month by month."""

    def span(record: Record) -> tuple[str, str]:
        day = record.recheck_on
        assert day
        if day <= today:
            return "due", _("Due now")
        if day <= today + SOON:
            return "soon", _("In the next 7 days")
        month = date_format(day, "F Y")
        return f"month-{day:%Y-%m}", _("Later in %(month)s") % {"month": month} if _same(day, today) else month

    for (name, title), records in groupby(waiting, span):
        found = tuple(records)
        yield Span(name, title, found[:MOST], len(found[MOST:]))


def _same(day: date, today: date) -> bool:
    """Whether two days are of the same month."""
    return (day.year, day.month) == (today.year, today.month)
