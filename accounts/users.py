"""The users, for an administrator: added, given another role, deactivated. Nobody is deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.invitation import invitation_link
from accounts.models import Role, User
from accounts.names import NameMixin
from accounts.second_factor import has_second_factor, take_away
from accounts.sessions import end_sessions
from records.audit import Action, append


class RoleForm(forms.Form):
    """Which role."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class NewUserForm(NameMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Who is new; the password they choose themselves."""

    class Meta:
        """What of a user is asked."""

        model = User
        fields = ("username", "role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].required = True


@permission_required("accounts.view_user", raise_exception=True)
@require_safe
def users(request: HttpRequest) -> HttpResponse:
    """All of them."""
    app = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
    everybody = User.objects.annotate(second_factor=Exists(app)).order_by("-is_active", "username")
    return render(request, "accounts/users.html", {"users": everybody, "place": "users"})


@permission_required("accounts.add_user", raise_exception=True)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new, and the link to hand over to them."""
    form = NewUserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save(commit=False)
        user.set_unusable_password()
        with transaction.atomic():
            user.save()
            append(_actor(request), Action.USER_ADDED, user.username, user.role)
        return _link(request, user)
    return render(request, "accounts/add_user.html", {"form": form, "place": "users"})


@permission_required("accounts.view_user", raise_exception=True)
@require_safe
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, and what can be changed."""
    return _page(request, get_object_or_404(User, pk=pk))


@permission_required("accounts.change_user", raise_exception=True)
@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role; what they have open is closed."""
    form = RoleForm(request.POST)
    with transaction.atomic():
        somebody = _somebody_else(request, pk)
        if not form.is_valid():
            return _page(request, somebody, form)
        role = form.cleaned_data["role"]
        if role != somebody.role:
            somebody.role = role
            somebody.save(update_fields=["role"])
            end_sessions(somebody)
            append(_actor(request), Action.USER_CHANGED, somebody.username, f"role: {role}")
            messages.success(request, _("The role was changed."))
    return redirect("accounts:user", pk=pk)


@permission_required("accounts.change_user", raise_exception=True)
@require_POST
def change_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Deactivates, or activates again."""
    active = request.POST.get("active") == "yes"
    with transaction.atomic():
        somebody = _somebody_else(request, pk)
        if active != somebody.is_active:
            somebody.is_active = active
            somebody.save(update_fields=["is_active"])
            end_sessions(somebody)
            append(_actor(request), Action.USER_CHANGED, somebody.username, "active" if active else "deactivated")
            messages.success(request, _("The user can log in again.") if active else _("The user was deactivated."))
    return redirect("accounts:user", pk=pk)


@permission_required("accounts.change_user", raise_exception=True)
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link, for somebody who has lost theirs or their password."""
    with transaction.atomic():
        somebody = _somebody_else(request, pk)
        if not somebody.is_active:
            raise PermissionDenied
        append(_actor(request), Action.USER_CHANGED, somebody.username, "invited")
    return _link(request, somebody)


@permission_required("accounts.change_user", raise_exception=True)
@require_POST
def take_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the second factor from somebody who has lost it."""
    with transaction.atomic():
        somebody = _somebody_else(request, pk)
        if take_away(somebody):
            end_sessions(somebody)
            append(_actor(request), Action.SECOND_FACTOR, somebody.username, "taken away")
            messages.success(request, _("The user can log in by the password alone, and set it up anew."))
    return redirect("accounts:user", pk=pk)


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()


def _administrators() -> QuerySet[User]:
    return User.objects.filter(role=Role.ADMINISTRATOR, is_active=True)


def _somebody_else(request: HttpRequest, pk: int) -> User:
    """The user who is to be changed. Nobody changes themselves, so that one administrator always remains.

    Raises:
        PermissionDenied: if it is the one who asks, or if they are no administrator any more.
    """
    # Of two who deactivate one another, one comes second, and is deactivated by then.
    remaining = [administrator.pk for administrator in _administrators().select_for_update()]
    if pk == request.user.pk or request.user.pk not in remaining:
        raise PermissionDenied
    return get_object_or_404(User.objects.select_for_update(), pk=pk)


def _page(request: HttpRequest, somebody: User, form: RoleForm | None = None) -> HttpResponse:
    context = {
        "somebody": somebody,
        "myself": somebody.pk == request.user.pk,
        "second_factor": has_second_factor(somebody),
        "form": form or RoleForm(initial={"role": somebody.role}),
        "place": "users",
    }
    return render(request, "accounts/user.html", context)


def _link(request: HttpRequest, somebody: User) -> HttpResponse:
    context = {"somebody": somebody, "link": invitation_link(request, somebody), "place": "users"}
    return render(request, "accounts/link.html", context)
