"""The list of the records, and the search for one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from actions.trial import trial
from records.audit import Action, append
from records.models import Outcome, Record, Status
from records.reference import reference_in
from review.asking import by_form, user_of
from review.filters import MINE, NEWEST_FIRST, NOBODY, OPEN, WAYS, Counts, Filters, count_records
from review.reading import language_name
from review.waiting import Wait, waits_of

#: Records on a page.
A_PAGE = 50


@dataclass(frozen=True)
class Column:
    """The head of a column: what it is, where a press leads, and how the list is sorted by it now, if it is."""

    title: str
    query: str
    sorted: str = ""


@dataclass(frozen=True)
class Choice:
    """A value that a filter may have, and how many records it would show."""

    value: str
    title: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Field:
    """A filter: a list to choose from."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Way:
    """A look that is taken every morning: a link, and how many records it shows."""

    title: str
    query: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Row:
    """A record in the list."""

    record: Record
    waits: list[Wait]
    language: str


@require_safe
@never_cache
@permission_required("records.view_record", raise_exception=True)
def records(request: HttpRequest) -> HttpResponse:
    """The list, filtered and sorted as the address says."""
    append(user_of(request).get_username(), Action.LIST)
    return _page(request)


@permission_required("records.view_record", raise_exception=True)
@by_form("review:records")
def search(request: HttpRequest) -> HttpResponse:
    """Finds a record by its reference; nothing of what is typed comes into an address."""
    typed = request.POST.get("reference", "")[:200]
    reference = reference_in(typed)
    append(user_of(request).get_username(), Action.SEARCH, subject=reference or "")
    if reference is None:
        return _page(
            request,
            typed,
            _("That does not look like a reference. It has the letters RS and six more, such as RS-7KQ4-M2."),
        )
    found = Record.objects.filter(reference=reference).only("pk").first()
    if found is None:
        return _page(
            request,
            typed,
            _("There is no record %(reference)s. It may have a slip in it, or the person has deleted the record.")
            % {"reference": reference},
        )
    return redirect("review:record", id=found.pk)


def _page(request: HttpRequest, typed: str = "", miss: str = "") -> HttpResponse:
    user = user_of(request)
    filters = Filters.of(request.GET)
    counts = count_records(filters, user)
    # Only ids are sorted: a record is long. How many there are is known, and need not be asked once more.
    paginator = Paginator(filters.records(user).values_list("pk", flat=True), A_PAGE)
    vars(paginator)["count"] = counts.shown
    page = paginator.get_page(request.GET.get("page"))
    # A list shows neither the answers nor the transcript.
    found = Record.objects.select_related("assigned_to").defer("state").in_bulk(list(page))
    shown = [found[id] for id in page if id in found]
    return render(
        request,
        "review/records.html",
        {
            "place": "records",
            "page": page,
            "rows": [Row(record, waits_of(record), language_name(record.language)) for record in shown],
            "columns": list(_columns(filters)),
            "fields": list(_fields(filters, counts)),
            "ways": list(_ways(filters, counts)),
            "filters": filters,
            "counts": counts,
            "typed": typed,
            "miss": miss,
        },
    )


def _columns(filters: Filters) -> Iterator[Column]:
    titles = {
        "reference": _("Reference"),
        "outcome": _("Outcome"),
        "": _("Waiting"),
        "state": _("State"),
        "assigned": _("Assigned to"),
        "shared": _("Shared"),
        "language": _("Language"),
    }
    by, backwards = filters.sort.removeprefix("-"), filters.sort.startswith("-")
    for name, title in titles.items():
        if not name:
            # What a record waits for begins with the recheck day, as far as it can be sorted.
            name = "recheck"
        if name != by:
            first = NEWEST_FIRST if name == "shared" else name
            yield Column(title, filters.changed(sort=first).query)
        else:
            other = name if backwards else f"-{name}"
            yield Column(title, filters.changed(sort=other).query, "descending" if backwards else "ascending")


def _fields(filters: Filters, counts: Counts) -> Iterator[Field]:
    fields: dict[str, tuple[str, dict[str, str]]] = {
        "outcome": (_("Outcome"), _titles(Outcome)),
        "state": (_("State"), {OPEN: _("All but closed"), **_titles(Status)}),
        "language": (_("Language"), {code: language_name(code) for code in trial().languages}),
        "assigned": (_("Assigned to"), {MINE: _("Me"), NOBODY: _("Nobody")}),
    }
    for name, (title, titles) in fields.items():
        chosen = getattr(filters, name)
        choices = {"": _("All"), **titles}
        yield Field(
            name,
            title,
            tuple(Choice(value, said, counts.of[name][value], value == chosen) for value, said in choices.items()),
        )


def _titles(choices: type[TextChoices]) -> dict[str, str]:
    return {choice.value: str(choice.label) for choice in choices}


def _ways(filters: Filters, counts: Counts) -> Iterator[Way]:
    titles = {
        "all": _("All"),
        "new": _("New"),
        "mine": _("Mine"),
        "nobody": _("Nobody’s yet"),
        "due": _("Recheck due"),
    }
    for name, way in WAYS.items():
        wanted = way.changed(sort=filters.sort)
        yield Way(titles[name], wanted.query, counts.ways[name], wanted == filters)
