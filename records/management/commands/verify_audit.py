"""`manage.py verify_audit`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from records import audit
from records.ready import ready


class Command(BaseCommand):
    """Says whether anything in the audit trail was changed."""

    help = "Checks every entry of the audit trail, from the first to the newest; the exit status is 1 if one is wrong."
    requires_system_checks: list[str] = []  # noqa: RUF012
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Says what is wrong, entry by entry, or that nothing is."""
        ready()
        from records.models import AuditEntry

        troubles = audit.verify()
        if troubles:
            told = "\n".join(f"  {trouble}" for trouble in troubles)
            raise CommandError(f"The audit trail was tampered with, or damaged:\n{told}")
        newest = AuditEntry.objects.last()
        if newest is None:
            self.stdout.write("The audit trail is intact; it is empty.")
            return
        self.stdout.write(
            f"The audit trail is intact: {AuditEntry.objects.count()} entries."
            f" The newest is number {newest.number} with the seal {newest.seal}."
        )
