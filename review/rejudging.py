"""Judging stored answers anew under the rules of today. Nothing that is stored changes by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from actions.interview.state import exacted
from actions.prescreen import BadAnswers, judge, rules_version
from records.audit import Action, append
from records.models import Outcome, Record
from review.asking import user_of
from review.reading import OUTDATED, day_of, language_of_reader, short_of, status_in_words, title_of

#: More rounds than this are not needed: each leaves at least one answer aside.
ROUNDS = 100


@dataclass(frozen=True)
class LeftAside:
    """A stored answer that the rules of today do not take, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Judged:
    """What the rules of today find for stored answers.

    Attributes:
        verdict: as Verdict.as_dict() gives it.
        aside: the answers that were left aside, as if they were not known.
    """

    verdict: Mapping[str, Any]
    aside: tuple[LeftAside, ...] = ()


@dataclass(frozen=True)
class Found:
    """What was found for a rule: in words, and whether that differs from what is stored."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Comparison:
    """A rule as stored, on the same day under the rules of today, and today."""

    id: str
    title: str
    stored: Found
    same_day: Found
    today: Found

    @property
    def differs(self) -> bool:
        """Whether anything would change."""
        return self.same_day.differs or self.today.differs


def judged_anew(answers: Mapping[str, Any], on: date, language: str) -> Judged:
    """What the rules of today find; answers that they no longer take are left aside, and named."""
    kept: dict[str, Any] = {}
    aside: list[LeftAside] = []
    for key, value in answers.items():
        try:
            kept.update(exacted({key: value}))
        except OUTDATED:
            aside.append(LeftAside(short_of(key, language), _("It cannot be read any more.")))
    for _round in range(ROUNDS):
        try:
            return Judged(judge(kept, on).as_dict(), tuple(aside))
        except BadAnswers as bad:
            for path, why in bad.messages(language).items():
                if kept.pop(path.split(".")[0], None) is not None:
                    aside.append(LeftAside(short_of(path.split(".")[0], language), why))
    return Judged(judge({}, on).as_dict(), tuple(aside))


@require_safe
@never_cache
@permission_required("records.view_record", raise_exception=True)
def rejudge(request: HttpRequest, id: UUID) -> HttpResponse:
    """What would change under the rules of today: for the same day, and for today."""
    record = get_object_or_404(Record, pk=id)
    append(user_of(request).get_username(), Action.REJUDGE, subject=record.reference)
    language, today = language_of_reader(), timezone.localdate()
    answers = record.state.get("answers", {})
    same_day, now = judged_anew(answers, record.on, language), judged_anew(answers, today, language)
    compared = list(_compared(record.verdict, same_day.verdict, now.verdict, language))
    return render(
        request,
        "review/rejudge.html",
        {
            "place": "records",
            "record": record,
            "today": today,
            "version": rules_version(),
            "same_rules": record.rules_version == rules_version(),
            "outcomes": [
                _outcome(record.verdict, record.verdict),
                _outcome(same_day.verdict, record.verdict),
                _outcome(now.verdict, record.verdict),
            ],
            "aside": {left.name: left for left in (*same_day.aside, *now.aside)}.values(),
            "changes": [rule for rule in compared if rule.differs],
            "others": [rule for rule in compared if not rule.differs],
        },
    )


def _outcome(verdict: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    name = verdict.get("outcome", "")
    recheck = day_of(verdict.get("recheck_on"))
    return {
        "name": name,
        "title": Outcome(name).label if name in Outcome.values else name,
        "recheck": recheck,
        "differs": (name, recheck) != (stored.get("outcome", ""), day_of(stored.get("recheck_on"))),
    }


def _compared(
    stored: Mapping[str, Any], same_day: Mapping[str, Any], now: Mapping[str, Any], language: str
) -> list[Comparison]:
    """Every rule of then and of today."""
    verdicts = [
        {finding["id"]: finding for finding in verdict.get("criteria", ())} for verdict in (stored, same_day, now)
    ]
    then, *_others = verdicts
    ids = dict.fromkeys([*then, *verdicts[1]])
    compared = []
    for id in ids:
        texts = [_in_words(verdict.get(id), language) for verdict in verdicts]
        found = [Found(text, text != texts[0]) for text in texts]
        compared.append(Comparison(id, title_of(id, language), *found))
    return compared


def _in_words(finding: Mapping[str, Any] | None, language: str) -> str:
    if finding is None:
        return _("no such rule")
    said = status_in_words(finding, language)
    if day := day_of(finding.get("clears_on")):
        return _("%(status)s; from %(day)s on") % {"status": said, "day": date_format(day, "j M Y")}
    if finding.get("reversible"):
        return _("%(status)s; could change") % {"status": said}
    return said
