"""Who may take records out of the console, and what is noted of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

from records.audit import Action, append, writing
from records.models import Record

if TYPE_CHECKING:
    # The framework reads its settings, and with them this module, before these are there.
    from rest_framework.request import Request
    from rest_framework.views import APIView

EXPORT = "records.export_record"


class MayExport(BasePermission):
    """Those with the right to export, and nobody else."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the user of the session or the token has the right."""
        return bool(request.user and request.user.is_authenticated and request.user.has_perm(EXPORT))


def note_export(actor: str, records: Iterable[Record], form: str) -> None:
    """Notes that each of these records was taken out, in which form. Nothing is handed on that could not be noted."""
    with writing():
        for record in records:
            append(actor, Action.EXPORT, subject=record.reference, detail=form)
