"""Everybody's own second factor: set up, recovery codes, turned off."""

from __future__ import annotations

from base64 import b32encode
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import lockout
from accounts.logging_in import CodeForm
from accounts.second_factor import (
    SET_UP,
    TooSoonError,
    accepted,
    has_second_factor,
    new_recovery_codes,
    open_while_owed,
    owed,
    recovery_codes_left,
    take_away,
)
from records.audit import Action, append

_WRONG = gettext_lazy("This code is not right, or was used before. Wait for the next one.")
_TOO_SOON = gettext_lazy("Please wait a few seconds, then try again.")
_GROUP = 4


@open_while_owed(SET_UP)
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """How it stands; while it is being set up, the picture for the app, and where its first code is typed in."""
    user: Any = request.user
    if has_second_factor(user):
        return _page(request, CodeForm())
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    form = CodeForm(request.POST or None)
    form.fields["code"].help_text = _("The six digits that the app shows now.")
    if request.method == "POST" and device is not None and form.is_valid():
        if not device.verify_is_allowed()[0]:
            form.add_error("code", _TOO_SOON)
        elif not device.verify_token(form.cleaned_data["code"].replace(" ", "")):
            form.add_error("code", _WRONG)
        else:
            device.confirmed = True
            device.save()
            append(user.get_username(), Action.SECOND_FACTOR, user.get_username(), "on")
            otp_login(request, device)
            request.session.cycle_key()
            user.owes_second_factor = False
            return _recovery_codes(request)
    return _page(request, form, device)


@open_while_owed(SET_UP)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Makes a new secret for the app."""
    user: Any = request.user
    if not has_second_factor(user):
        TOTPDevice.objects.filter(user=user, confirmed=False).delete()
        TOTPDevice.objects.create(user=user, name="app", confirmed=False)
    return redirect("accounts:second_factor")


@sensitive_post_parameters()
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, for a code of the app."""
    return _for_a_code(request, "recovery")


@sensitive_post_parameters()
@require_POST
def turn_off(request: HttpRequest) -> HttpResponse:
    """Does without it, for a code."""
    return _for_a_code(request, "off")


def _for_a_code(request: HttpRequest, what: str) -> HttpResponse:
    user: Any = request.user
    name = user.get_username()
    if not has_second_factor(user):
        return redirect("accounts:second_factor")
    form = CodeForm(request.POST)
    if not lockout.may_try(request, lockout.SECOND_FACTOR, name) or not form.is_valid():
        return _page(request, form)
    try:
        device = accepted(user, form.cleaned_data["code"])
    except TooSoonError:
        form.add_error("code", _TOO_SOON)
        return _page(request, form)
    if device is None:
        lockout.failed(request, lockout.SECOND_FACTOR, name)
        form.add_error("code", _WRONG)
        return _page(request, form)
    if what == "recovery":
        return _recovery_codes(request)
    take_away(user)
    append(name, Action.SECOND_FACTOR, name, "off")
    messages.success(request, _("The second factor is off. Your password alone logs you in."))
    return redirect("accounts:second_factor")


def _recovery_codes(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    codes = new_recovery_codes(user)
    append(user.get_username(), Action.SECOND_FACTOR, user.get_username(), "new recovery codes")
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


def _page(request: HttpRequest, form: CodeForm, pending: TOTPDevice | None = None) -> HttpResponse:
    user: Any = request.user
    context = {
        "form": form,
        "on": has_second_factor(user),
        "left": recovery_codes_left(user),
        "required": owed(user) == SET_UP,
        "picture": _picture(pending) if pending else None,
        "secret": _secret(pending) if pending else None,
    }
    return render(request, "accounts/second_factor.html", context)


def _picture(device: TOTPDevice) -> SafeString:
    """What the app reads: drawn by paths alone, so that the page needs no styles of its own."""
    picture = segno.make(device.config_url, error="m", micro=False)
    drawn = picture.svg_inline(scale=5, light="#fff", svgclass="qr", lineclass=None, title=_("Picture for the app"))
    return mark_safe(drawn)


def _secret(device: TOTPDevice) -> str:
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
