"""Which records a list shows, and in which order: read from an address, where what makes no sense is left aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import BooleanField, Case, CharField, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from actions.trial import trial
from records.models import Outcome, Record, Status

MINE, NOBODY = "me", "nobody"
OPEN = "open"
DUE = "yes"
NEWEST_FIRST = "-shared"
#: What a list can be sorted by; outcomes and states in the order in which they are worked on, not of the alphabet.
SORTED_BY = ("reference", "outcome", "shared", "language", "state", "assigned", "recheck")
#: What can be filtered, each with the values that it may have.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "outcome": tuple(Outcome.values),
    "state": (OPEN, *Status.values),
    "language": trial().languages,
    "assigned": (MINE, NOBODY),
    "due": (DUE,),
    "sort": tuple(f"{way}{name}" for name in SORTED_BY for way in ("", "-")),
}


@dataclass(frozen=True)
class Filters:
    """What somebody wants to see.

    Attributes:
        outcome, language: one of them; empty for all.
        state: one of them, or ``open`` for all but the closed ones; empty for all.
        assigned: ``me`` or ``nobody``; empty for all.
        due: ``yes`` for those whose recheck day has come.
        sort: what the list is sorted by, with a hyphen before it for the other way round.
    """

    outcome: str = ""
    state: str = ""
    language: str = ""
    assigned: str = ""
    due: str = ""
    sort: str = NEWEST_FIRST

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Filters:
        """From an address."""
        return cls(**{name: given[name] for name, values in CHOICES.items() if given.get(name) in values})

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return replace(self, sort=NEWEST_FIRST) != Filters()

    def changed(self, **other: str) -> Filters:
        """The same, but for what is named."""
        return replace(self, **other)

    @property
    def query(self) -> str:
        """As it stands in an address, after the question mark; what is usual is left out."""
        usual = Filters()
        return urlencode({name: getattr(self, name) for name in CHOICES if getattr(self, name) != getattr(usual, name)})

    def records(self, user: User, today: date | None = None) -> QuerySet[Record]:
        """The records, in order."""
        found = Record.objects.select_related("assigned_to").filter(self._wanted(user, today or timezone.localdate()))
        return self._in_order(found)

    def _wanted(self, user: User, today: date) -> Q:
        wanted = Q()
        if self.outcome:
            wanted &= Q(outcome=self.outcome)
        if self.state:
            wanted &= ~Q(status=Status.CLOSED) if self.state == OPEN else Q(status=self.state)
        if self.language:
            wanted &= Q(language=self.language)
        if self.assigned:
            wanted &= Q(assigned_to=user) if self.assigned == MINE else Q(assigned_to=None)
        if self.due:
            wanted &= is_due(today)
        return wanted

    def _in_order(self, found: QuerySet[Record]) -> QuerySet[Record]:
        name, backwards = self.sort.removeprefix("-"), self.sort.startswith("-")
        fields: dict[str, F | Case] = {
            "reference": F("reference"),
            "outcome": _rank("outcome", Outcome.values),
            "shared": F("shared_at"),
            "language": F("language"),
            "state": _rank("status", Status.values),
            "assigned": F("assigned_to__username"),
            "recheck": F("recheck_on"),
        }
        by = fields[name]
        # Whoever has none of it comes last, whichever way round.
        first = by.desc(nulls_last=True) if backwards else by.asc(nulls_last=True)
        return found.order_by(first, "-shared_at", "pk")


def is_due(today: date) -> Q:
    """Those whose recheck day has come, and that are not closed."""
    return Q(recheck_on__lte=today) & ~Q(status=Status.CLOSED)


def _rank(field: str, values: list[str]) -> Case:
    cases = [When(**{field: value}, then=Value(rank)) for rank, value in enumerate(values)]
    return Case(*cases, default=Value(len(values)), output_field=IntegerField())


@dataclass(frozen=True)
class Counts:
    """How many records each filter would show, the others staying as they are.

    Attributes:
        of: by filter and value; the empty value is for all.
        every: how many there are altogether.
        shown: how many the filters show as they are.
        ways: how many the filters alone show, by the names of WAYS.
    """

    of: Mapping[str, Mapping[str, int]]
    every: int
    shown: int
    ways: Mapping[str, int]


#: What is looked at every morning.
WAYS: Mapping[str, Filters] = {
    "all": Filters(),
    "new": Filters(state=Status.NEW),
    "mine": Filters(state=OPEN, assigned=MINE),
    "nobody": Filters(state=OPEN, assigned=NOBODY),
    "due": Filters(due=DUE),
}


def count_records(filters: Filters, user: User, today: date | None = None) -> Counts:
    """How many there are of what, in one query."""
    today = today or timezone.localdate()
    rows = list(
        Record.objects.annotate(
            whose=Case(
                When(assigned_to=None, then=Value(NOBODY)),
                When(assigned_to=user, then=Value(MINE)),
                default=Value(""),
                output_field=CharField(),
            ),
            now=Case(When(is_due(today), then=Value(True)), default=Value(False), output_field=BooleanField()),
        )
        .order_by()
        .values_list("outcome", "status", "language", "whose", "now")
        .annotate(Count("pk"))
    )

    def number(wanted: Filters) -> int:
        return sum(count for *kind, count in rows if _shows(wanted, *kind))

    of = {
        name: {value: number(filters.changed(**{name: value})) for value in ("", *values)}
        for name, values in CHOICES.items()
        if name != "sort"
    }
    ways = {name: number(way) for name, way in WAYS.items()}
    return Counts(of, number(Filters()), number(filters), ways)


def _shows(wanted: Filters, outcome: str, status: str, language: str, whose: str, now: bool) -> bool:
    return (
        wanted.outcome in ("", outcome)
        and (wanted.state in ("", status) or (wanted.state == OPEN and status != Status.CLOSED))
        and wanted.language in ("", language)
        and wanted.assigned in ("", whose)
        and (not wanted.due or now)
    )
