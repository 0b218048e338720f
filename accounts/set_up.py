"""The first user, by a code that the start prints. There is no password that everybody knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import BaseUserCreationForm
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import lockout
from accounts.codes import hash_of, new_code
from accounts.models import Role, SetUpCode, User
from accounts.names import NameMixin
from records.audit import Action, append

_GROUPS = 4


def new_set_up_code() -> str:
    """A code for the first user, to be printed once."""
    return new_code(_GROUPS)


def keep_set_up_code(hash: str) -> bool:
    """Makes this the one code that is good; False if there is a user already, and no code is wanted."""
    with transaction.atomic():
        SetUpCode.objects.all().delete()
        if User.objects.exists():
            return False
        SetUpCode.objects.create(hash=hash)
    return True


class SetUpForm(NameMixin, BaseUserCreationForm):  # type: ignore[type-arg]
    """The code, and the first user."""

    code = forms.CharField(
        label=_("Set-up code"),
        help_text=_("The start has printed it, such as K7QF-M2XA-9TRB-H4WD."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false"}),
    )
    field_order = ("code", "username", "password1", "password2")

    class Meta:
        """What of a user is asked."""

        model = User
        fields = ("username",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The code comes first.
        self.fields["username"].widget.attrs.pop("autofocus", None)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Makes the first administrator; not there once there is a user."""
    if User.objects.exists():
        raise Http404
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and lockout.may_try(request, lockout.SET_UP, ""):
        hash = hash_of(request.POST.get("code", ""))
        if not SetUpCode.objects.filter(hash=hash).exists():
            lockout.failed(request, lockout.SET_UP, "")
            form.add_error("code", _("This is not the code that the last start has printed."))
        elif form.is_valid():
            return _make(request, form, hash)
    return render(request, "accounts/set_up.html", {"form": form})


def _make(request: HttpRequest, form: SetUpForm, hash: str) -> HttpResponse:
    user: Any = form.save(commit=False)
    user.role = Role.ADMINISTRATOR
    with transaction.atomic():
        # Of two at the same time, one takes the code.
        taken, _each = SetUpCode.objects.filter(hash=hash).delete()
        if not taken or User.objects.exists():
            raise Http404
        user.save()
        append(user.username, Action.SET_UP, user.username, user.role)
    login(request, user, backend="accounts.roles.RoleBackend")
    messages.success(request, _("You are the first user. Now add those who work with the pre-screenings."))
    return redirect("accounts:users")
