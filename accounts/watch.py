"""What the audit trail is told of logging in and out. Of a name that was typed, only if it is a user's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.lockout import PASSWORD
from accounts.models import User
from accounts.names import UNKNOWN
from accounts.second_factor import CODE, owed
from records.audit import Action, append


def _known(credentials: Mapping[str, Any]) -> str:
    name = credentials.get("username") or ""
    return name if User.objects.filter(username=name).exists() else ""


def _counted(request: HttpRequest | None) -> bool:
    """Whether django-axes has counted this failure, or refused before anything was tried."""
    refused = getattr(request, "axes_locked_out", False)
    return not refused or getattr(request, "axes_failures_since_start", None) is not None


@receiver(user_login_failed, dispatch_uid="audit")
def note_failure(credentials: Mapping[str, Any], request: HttpRequest | None = None, **given: Any) -> None:
    """A wrong password or code."""
    if _counted(request):
        append(UNKNOWN, Action.LOGIN_FAILED, _known(credentials), credentials.get("kind", PASSWORD))


@receiver(user_locked_out, dispatch_uid="audit")
def note_lockout(request: HttpRequest, **given: Any) -> None:
    """One failure too many; what is refused while it lasts is not told again."""
    if _counted(request):
        credentials = getattr(request, "axes_credentials", {})
        append(UNKNOWN, Action.LOCKED_OUT, _known(credentials), credentials.get("kind", PASSWORD))


@receiver(user_logged_in, dispatch_uid="audit")
def note_login(user: User, **given: Any) -> None:
    """A right password."""
    waits = owed(user) == CODE
    append(user.get_username(), Action.LOGIN, user.get_username(), "waits for the second factor" if waits else "")


@receiver(user_logged_out, dispatch_uid="audit")
def note_logout(user: User | None, **given: Any) -> None:
    """Somebody has gone."""
    if user is not None:
        append(user.get_username(), Action.LOGOUT, user.get_username())
