"""What somebody has open."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User


def end_sessions(user: User) -> None:
    """Logs a user out everywhere, and takes the tokens of their programs."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    revoke_tokens(user)


def revoke_tokens(user: User) -> None:
    """Takes the tokens of a user's programs: with another password, for the one before may be known."""
    AuthToken.objects.filter(user=user).delete()
