"""What a record waits for, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from records.models import Record, Status
from review.reading import open_points

#: As long as the clinic has not spoken with the person.
NOT_SPOKEN = (Status.NEW, Status.IN_REVIEW)


@dataclass(frozen=True)
class Wait:
    """Something that a record waits for; ``now`` if it can be done today and should not be forgotten."""

    text: str
    now: bool = False


def waits_of(record: Record, today: date | None = None) -> list[Wait]:
    """What a record waits for, the most pressing first; nothing once it is closed."""
    today = today or timezone.localdate()
    if record.status == Status.CLOSED:
        return []
    waits = []
    if record.status == Status.NEW:
        waits.append(Wait(_("waits for a first look")))
    if record.recheck_on:
        day = date_format(record.recheck_on, "j M Y")
        if record.recheck_on <= today:
            waits.append(Wait(_("recheck due since %(day)s") % {"day": day}, now=True))
        else:
            waits.append(Wait(_("recheck from %(day)s") % {"day": day}))
    if record.status in NOT_SPOKEN:
        waits += _wishes(record)
    if record.status != Status.REFERRED:
        waits += _points(record)
    else:
        waits.append(Wait(_("the study team’s word")))
    return waits


def _wishes(record: Record) -> list[Wait]:
    """How the person can be reached; the list never shows the number itself."""
    if record.phone:
        return [Wait(_("wishes a call: telephone left"))]
    if record.email:
        return [Wait(_("wishes a message: e-mail left"))]
    return []


def _points(record: Record) -> list[Wait]:
    still = open_points(record.verdict)
    waits = []
    if still.points:
        said = ngettext("%(n)d point for the team to check", "%(n)d points for the team to check", still.points)
        waits.append(Wait(said % {"n": still.points}))
    if still.without_labs:
        waits.append(Wait(_("no blood values yet")))
    return waits
