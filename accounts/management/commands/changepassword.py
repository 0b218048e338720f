"""`manage.py changepassword`: Django's own, and the audit trail is told."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db.models.signals import pre_save

from accounts.models import User
from accounts.sessions import revoke_tokens
from records.audit import SYSTEM, Action, append


class Command(changepassword.Command):
    """Gives a user another password, where no administrator is left who could make a link."""

    help = "Give a user of the console another password, asked for here; the audit trail is told."

    def handle(self, *args: Any, **options: Any) -> str:
        """As Django does; before the password is kept, it is audited."""

        def note(instance: User, **given: Any) -> None:
            revoke_tokens(instance)
            append(SYSTEM, Action.USER_CHANGED, instance.get_username(), "password, by command")

        pre_save.connect(note, sender=User)
        try:
            return str(super().handle(*args, **options))
        finally:
            pre_save.disconnect(note, sender=User)
