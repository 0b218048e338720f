"""What is taken from a page of the console: the list as CSV, a record as PDF."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from records.models import Record
from review.asking import user_of
from review.filters import Filters
from review.handover.access import EXPORT, note_export
from review.handover.paper import pdf
from review.handover.table import table
from review.reading import language_of_reader

CSV, PDF = "csv", "pdf"


@require_safe
@never_cache
@permission_required(EXPORT, raise_exception=True)
def as_csv(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered and sorted, all of it."""
    user = user_of(request)
    records = list(Filters.of(request.GET.dict()).records(user).defer("state"))
    written = table(records)
    note_export(user.get_username(), records, CSV)
    name = f"prescreenings-{timezone.localdate().isoformat()}.csv"
    return _file(written.encode(), "text/csv; charset=utf-8", name)


@require_safe
@never_cache
@permission_required(EXPORT, raise_exception=True)
def as_pdf(request: HttpRequest, id: UUID) -> HttpResponse:
    """A record to print or to send on."""
    record = get_object_or_404(Record.objects.select_related("assigned_to"), pk=id)
    written = pdf(record, language_of_reader())
    note_export(user_of(request).get_username(), [record], PDF)
    return _file(written, "application/pdf", f"{record.reference}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
