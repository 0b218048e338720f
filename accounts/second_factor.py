"""The second factor: a code of an app on the telephone, or one of the recovery codes on paper.

Whoever has set it up is asked at each login. Where the clinic requires it, nobody works without.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.codes import bare, new_code
from accounts.models import User

#: What somebody still owes: a code, or to set it up.
CODE, SET_UP = "code", "set up"
RECOVERY_CODES = 10
_GROUPS = 3
#: As long as django-otp keeps one.
_KEPT = 16

View = TypeVar("View", bound=Callable[..., Any])


class TooSoonError(Exception):
    """After a wrong code one has to wait a little, each time twice as long."""


def has_second_factor(user: User) -> bool:
    """Whether it is set up."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def owed(user: User) -> str | None:
    """What has to be done after the password: CODE, SET_UP, or nothing."""
    if has_second_factor(user):
        return CODE
    return SET_UP if settings.SECOND_FACTOR_REQUIRED else None


def accepted(user: User, typed: str) -> Device | None:
    """The device to which a code belongs; None if it is wrong, or was used before.

    Raises:
        TooSoonError: if the last wrong one was a moment ago.
    """
    code = bare(typed)
    app = code.isdigit() and len(code) == 6
    kind: Any = TOTPDevice if app else StaticDevice
    with transaction.atomic():
        for device in kind.objects.select_for_update().filter(user=user, confirmed=True):
            if not device.verify_is_allowed()[0]:
                raise TooSoonError
            if device.verify_token(code if app else _kept(code)):
                return device
    return None


def new_recovery_codes(user: User) -> list[str]:
    """New codes, in place of those before; to be shown once."""
    codes = [new_code(_GROUPS) for _ in range(RECOVERY_CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="paper")
        for code in codes:
            device.token_set.create(token=_kept(bare(code)))
    return codes


def recovery_codes_left(user: User) -> int:
    """How many have not been used."""
    return sum(device.token_set.count() for device in StaticDevice.objects.filter(user=user))


def take_away(user: User) -> bool:
    """Does without; False if there was none."""
    with transaction.atomic():
        had = has_second_factor(user)
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
    return had


def _kept(code: str) -> str:
    return salted_hmac("recovery code", code).hexdigest()[:_KEPT]


def open_while_owed(*what: str) -> Callable[[View], View]:
    """Marks a view that is open while this is owed."""

    def mark(view: View) -> View:
        view.open_while_owed = what  # type: ignore[attr-defined]
        return view

    return mark


class SecondFactorMiddleware:
    """Shows nothing, and permits nothing, to a session that owes the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The way to the second factor, instead of the page."""
        user: Any = request.user
        if not user.is_authenticated or user.is_verified():
            return None
        what = owed(user)
        if what is None:
            return None
        user.owes_second_factor = True
        if what in getattr(view, "open_while_owed", ()):
            return None
        page = reverse("accounts:second_factor_code" if what == CODE else "accounts:second_factor")
        if what == CODE and request.method == "GET":
            return redirect_to_login(request.get_full_path(), page)
        return redirect(page)
