"""Access for programs: tokens that stand for a user at the REST interface, each shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from knox.models import AuthToken
from knox.settings import knox_settings

from records.audit import Action, append

_DAYS = (1, 7, 30, 90)
#: So many letters tell one token from another, and do not help to guess it.
SHOWN = 8


def _in_days(days: int) -> str:
    text: Any = ngettext_lazy("%(days)d day", "%(days)d days", "days")
    return text % {"days": days}  # type: ignore[no-any-return]


class TokenForm(forms.Form):
    """For how long."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for"), coerce=int, choices=[(days, _in_days(days)) for days in _DAYS], initial=30
    )


@permission_required("records.export_record", raise_exception=True)
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens, and a new one."""
    user: Any = request.user
    now = timezone.now()
    mine = AuthToken.objects.filter(user=user, expiry__gt=now).order_by("expiry")
    most = knox_settings.TOKEN_LIMIT_PER_USER
    form = TokenForm(request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        if most and mine.count() >= most:
            form.add_error(None, _("You have as many tokens as there may be. Revoke one first."))
        else:
            _kept, made = AuthToken.objects.create(user=user, expiry=timedelta(days=form.cleaned_data["days"]))
            append(user.get_username(), Action.TOKEN, user.get_username(), "made")
    context = {"form": form, "tokens": mine, "made": made, "shown": f":{SHOWN}"}
    return render(request, "accounts/tokens.html", context)


@permission_required("records.export_record", raise_exception=True)
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Takes a token back."""
    user: Any = request.user
    taken, _each = AuthToken.objects.filter(user=user, digest=request.POST.get("token", "")).delete()
    if taken:
        append(user.get_username(), Action.TOKEN, user.get_username(), "revoked")
        messages.success(request, _("The token is revoked."))
    return redirect("accounts:tokens")
