"""`manage.py reset_second_factor`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.second_factor import take_away
from accounts.sessions import end_sessions
from records.audit import SYSTEM, Action, append
from records.ready import ready


class Command(BaseCommand):
    """Takes the second factor from a user, where no administrator is left who could."""

    help = (
        "Takes the second factor and the recovery codes from a user who has lost both, and logs them out everywhere."
        " Their password stays. For the only administrator: for others an administrator does it in the console."
    )
    # The tables may have to be made first.
    requires_system_checks: list[str] = []  # noqa: RUF012
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("name", metavar="NAME", help="the name with which the user logs in, letter by letter")

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how the user logs in from now on."""
        ready()
        name: str = options["name"]
        with transaction.atomic():
            user = User.objects.select_for_update().filter(username=name).first()
            if user is None:
                raise CommandError(f"There is no user “{name}”. Names are taken letter by letter, small and capital.")
            if not take_away(user):
                raise CommandError(f"{name} has no second factor: the password alone logs in. Nothing was changed.")
            end_sessions(user)
            append(SYSTEM, Action.SECOND_FACTOR, name, "taken away by command")
        then = "sets a new one up" if settings.SECOND_FACTOR_REQUIRED else "can set up a new one"
        self.stdout.write(f"{name} logs in by the password alone, and {then}. Logged out everywhere; it is audited.")
        if not user.is_active:
            self.stderr.write(f"{name} is deactivated, and cannot log in before an administrator activates them.")
