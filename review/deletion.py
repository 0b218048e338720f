"""Deleting a record for good: only after its reference has been typed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from records.audit import Action, append
from records.erasing import erase_reference
from records.models import Record
from records.reference import reference_in
from review.asking import user_of
from review.record import REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required("records.delete_record", raise_exception=True)
def delete(request: HttpRequest, id: UUID) -> HttpResponse:
    """Asks to type the reference, and then erases the record, its conversation and its exports."""
    found = get_object_or_404(Record, pk=id)
    user = user_of(request)
    typed = request.POST.get("reference", "")[:200]
    if request.method == "POST" and reference_in(typed) == found.reference:
        erase_reference(found.reference, user.get_username())
        messages.success(
            request, _("%(reference)s is deleted, with its conversation.") % {"reference": found.reference}
        )
        return redirect("review:records")
    if request.method != "POST":
        append(user.get_username(), Action.READ, subject=found.reference, detail="to delete")
    wrong = request.method == "POST"
    return render(
        request,
        "review/delete.html",
        {"place": "records", "record": found, "typed": typed, "wrong": wrong},
        status=REFUSED if wrong else 200,
    )
