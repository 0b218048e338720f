"""A list of records as CSV, for a spreadsheet: no answers, no transcript, no contact, only whether there is one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from records.models import Record
from review.reading import language_name, open_points

#: What makes a spreadsheet take a text for a formula, as its first character.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Without it, Excel takes UTF-8 for something else.
BYTE_ORDER_MARK = "\ufeff"


def table(records: Iterable[Record]) -> str:
    """The records as CSV with a heading, in the reader's language."""
    written = io.StringIO()
    written.write(BYTE_ORDER_MARK)
    lines = csv.writer(written)
    lines.writerow(headings())
    for record in records:
        lines.writerow(map(harmless, row(record)))
    return written.getvalue()


def headings() -> list[str]:
    """The names of the columns."""
    return [
        _("Reference"),
        _("Begun"),
        _("Shared"),
        _("Judged for"),
        _("Outcome"),
        _("Language"),
        _("State"),
        _("Assigned to"),
        _("Recheck on"),
        _("Points to check"),
        _("Contact left"),
    ]


def row(record: Record) -> Iterator[str]:
    """A record, column by column."""
    yield record.reference
    yield _moment(record.begun_at)
    yield _moment(record.shared_at)
    yield record.on.isoformat()
    yield str(record.get_outcome_display())
    yield language_name(record.language)
    yield str(record.get_status_display())
    yield record.assigned_to.get_username() if record.assigned_to else ""
    yield record.recheck_on.isoformat() if record.recheck_on else ""
    yield str(open_points(record.verdict).points)
    yield _("yes") if record.name or record.phone or record.email else _("no")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; the apostrophe says that it is a text."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
