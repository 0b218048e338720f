"""How many pre-screenings there were, and where people stop: counted without content."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from actions.trial import trial
from records.audit import Action, append
from records.counting import What, by_day, counts
from records.models import Outcome
from review.asking import user_of
from review.handover.table import BYTE_ORDER_MARK, harmless
from review.reading import language_of_reader, question_of

#: The periods that can be chosen, by how many days they go back; the first is usual.
PERIODS: Mapping[str, int | None] = {"30": 30, "90": 90, "365": 365, "all": None}
#: Over longer periods than this, months are compared instead of weeks.
WEEKS_UP_TO = 100
#: Before the first pre-screening there can be.
LONG_AGO = date(2000, 1, 1)
#: What a table of the page is about: each with how its keys are said.
TABLES = (What.OUTCOME, What.STOPPED_AT, What.SKIPPED, What.UNCLEAR)
COURSE = (What.BEGUN, What.FINISHED, What.SHARED, What.DECLINED)


@dataclass(frozen=True)
class Period:
    """The days that are counted."""

    name: str
    since: date
    until: date

    @classmethod
    def of(cls, name: str, today: date) -> Period:
        """From an address; the usual one where there is no such period."""
        if name not in PERIODS:
            name = next(iter(PERIODS))
        days = PERIODS[name]
        return cls(name, today - timedelta(days=days - 1) if days else LONG_AGO, today)


@dataclass(frozen=True)
class Bar:
    """A row: what it is of, how often, and how long its bar is, in hundredths."""

    title: str
    number: int
    share: int
    key: str = ""


@dataclass(frozen=True)
class Table:
    """How often what, in rows."""

    name: str
    title: str
    of: str
    about: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Stretch:
    """A week or a month, and how many pre-screenings were begun, finished and shared in it."""

    title: str
    begun: int
    finished: int
    shared: int
    share: int


@require_safe
@never_cache
@permission_required("records.view_count", raise_exception=True)
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of a period, in tables with a bar in each row."""
    period = Period.of(request.GET.get("period", ""), timezone.localdate())
    found = counts(period.since, period.until)
    return render(
        request,
        "review/numbers.html",
        {
            "place": "numbers",
            "period": period,
            "periods": [(name, _period_in_words(name), name == period.name) for name in PERIODS],
            "course": [(what.label, sum(found[what].values())) for what in COURSE],
            "tables": list(_tables(found)),
            "stretches": _stretches(period),
            "monthly": _is_monthly(period),
            "nothing": not any(found.values()),
        },
    )


@require_safe
@never_cache
@permission_required("records.view_count", raise_exception=True)
def numbers_csv(request: HttpRequest) -> HttpResponse:
    """The same numbers as a table for a spreadsheet."""
    period = Period.of(request.GET.get("period", ""), timezone.localdate())
    append(user_of(request).get_username(), Action.EXPORT, detail=f"numbers, {period.name}")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="numbers-{period.until}.csv"'
    response.write(BYTE_ORDER_MARK)
    rows = csv.writer(response)
    rows.writerow([_("What"), _("Of"), _("In words"), _("Number"), _("From"), _("To")])
    since = "" if period.since == LONG_AGO else period.since.isoformat()
    for what, by_key in counts(period.since, period.until).items():
        for key, number in by_key.items():
            words = TITLES[what](key) if what in TITLES else ""
            cells = [what, key, words, number, since, period.until.isoformat()]
            rows.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return response


def topic_in_words(topic: str) -> str:
    """A topic as the chat offers it; its name, where it is offered nowhere."""
    titles = trial().texts[language_of_reader()].answers.get(topic, {})
    return str(titles.get("title", topic.replace("_", " ").capitalize())) if topic else _("nothing in particular")


def _question(key: str) -> str:
    return question_of(key, language_of_reader()) if key else _("before the first question")


def _outcome(key: str) -> str:
    return str(Outcome(key).label) if key in Outcome.values else key


#: How the keys of each thing are said.
TITLES: Mapping[str, Callable[[str], str]] = {
    What.OUTCOME: _outcome,
    What.STOPPED_AT: _question,
    What.SKIPPED: _question,
    What.UNCLEAR: topic_in_words,
}


def _period_in_words(name: str) -> str:
    return {"30": _("30 days"), "90": _("90 days"), "365": _("A year"), "all": _("All")}[name]


def _tables(found: Mapping[str, Mapping[str, int]]) -> Iterator[Table]:
    about = {
        What.OUTCOME: (_("By outcome"), _("Outcome"), _("What the rules found, of those that were finished.")),
        What.STOPPED_AT: (_("Where people stop"), _("Question"), _("The question that was open when they stopped.")),
        What.SKIPPED: (_("What is passed over"), _("Question"), _("Questions that people could or would not answer.")),
        What.UNCLEAR: (
            _("What was not understood"),
            _("Nearest topic"),
            _("What messages that were not understood came nearest to. The messages themselves are not kept."),
        ),
    }
    for what in TABLES:
        by_key = found.get(what, {})
        most = max(by_key.values(), default=0)
        bars = tuple(Bar(TITLES[what](key), number, round(100 * number / most), key) for key, number in by_key.items())
        title, of, said = about[what]
        yield Table(what.value, title, of, said, bars)


def _is_monthly(period: Period) -> bool:
    return (period.until - period.since).days > WEEKS_UP_TO


def _stretches(period: Period) -> list[Stretch]:
    """Week by week, or month by month; those in which nothing was begun, finished or shared are left out."""
    monthly = _is_monthly(period)
    found: dict[What, Counter[date]] = {}
    for what in (What.BEGUN, What.FINISHED, What.SHARED):
        found[what] = Counter()
        for day, number in by_day(what, period.since, period.until).items():
            found[what][day.replace(day=1) if monthly else day - timedelta(days=day.weekday())] += number
    starts = sorted({start for numbers in found.values() for start in numbers}, reverse=True)
    most = max((found[What.BEGUN][start] for start in starts), default=0) or 1
    return [
        Stretch(
            date_format(start, "F Y" if monthly else "j M Y"),
            found[What.BEGUN][start],
            found[What.FINISHED][start],
            found[What.SHARED][start],
            round(100 * found[What.BEGUN][start] / most),
        )
        for start in starts
    ]
