"""`manage.py purge`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations.retention import WrongRetentionError
from records.erasing import purge
from records.ready import ready


class Command(BaseCommand):
    """Erases what was kept for as long as it may be."""

    help = (
        "Erases conversations that were not shared after TRIAL_GUIDE_KEEP_HOURS hours without a message, what was"
        " shared after TRIAL_GUIDE_KEEP_DAYS days, and the console's sessions that have ended."
    )
    # The tables may have to be made first.
    requires_system_checks: list[str] = []  # noqa: RUF012
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how much it was, in numbers alone."""
        ready()
        try:
            purged = purge()
        except WrongRetentionError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Erased: conversations {purged.conversations}, records {purged.records}, sessions {purged.sessions}."
        )
