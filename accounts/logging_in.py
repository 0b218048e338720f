"""Logging in: name and password, then a code where one has been set up; and logging out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice

from accounts import lockout
from accounts.models import User
from accounts.second_factor import CODE, SET_UP, TooSoonError, accepted, open_while_owed, owed
from records.audit import Action, append


def first_page(user: Any) -> str:
    """Where somebody begins: with what they may see."""
    return resolve_url("review:records" if user.has_perm("records.view_record") else "accounts:users")


class StartingMixin(RedirectURLMixin):
    """Leads on to the page that was wanted; whoever wanted the start comes to that of their role."""

    request: HttpRequest

    def get_redirect_url(self) -> str:
        """The page that was wanted; empty if there was none."""
        wanted = super().get_redirect_url()
        return "" if wanted == resolve_url("review:records") else wanted


class LogInForm(AuthenticationForm):
    """Name and password. What is wrong is told in the same words, whatever it is."""

    error_messages = {  # noqa: RUF012  # Django's own is typed like this
        "invalid_login": _("Name or password is not right. Both are taken letter by letter, small and capital."),
        "inactive": _("Name or password is not right. Both are taken letter by letter, small and capital."),
    }


@method_decorator(open_while_owed(CODE, SET_UP), name="dispatch")
@method_decorator(login_not_required, name="dispatch")
class LogInView(StartingMixin, LoginView):
    """Asks who it is."""

    template_name = "accounts/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; before there is a user, the set-up."""
        if not User.objects.exists():
            return redirect("accounts:set_up")
        return super().get(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Where somebody begins."""
        return first_page(self.request.user)


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits that the app shows now, or one of your recovery codes."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


@method_decorator(sensitive_post_parameters(), name="dispatch")
class SecondFactorCodeView(StartingMixin, FormView):  # type: ignore[type-arg]
    """Asks for the code, after the password."""

    template_name = "accounts/second_factor_code.html"
    form_class = CodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only to somebody who owes one."""
        if request.user.is_verified() or owed(request.user) != CODE:  # type: ignore[union-attr,arg-type]
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Where somebody begins."""
        self.request.user.owes_second_factor = False  # type: ignore[union-attr]
        return first_page(self.request.user)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        """Lets them in, or counts a failure."""
        user: Any = self.request.user
        name = user.get_username()
        if not lockout.may_try(self.request, lockout.SECOND_FACTOR, name):
            return self.form_invalid(form)
        try:
            device = accepted(user, form.cleaned_data["code"])
        except TooSoonError:
            form.add_error("code", _("Please wait a few seconds, then try again."))
            return self.form_invalid(form)
        if device is None:
            lockout.failed(self.request, lockout.SECOND_FACTOR, name)
            form.add_error("code", _("This code is not right, or was used before. Wait for the next one."))
            return self.form_invalid(form)
        otp_login(self.request, device)
        self.request.session.cycle_key()
        lockout.forgive(self.request, lockout.SECOND_FACTOR, name)
        how = "recovery code" if isinstance(device, StaticDevice) else "second factor"
        append(name, Action.LOGIN, name, how)
        return super().form_valid(form)


log_in = LogInView.as_view()
log_out = open_while_owed(CODE, SET_UP)(LogoutView.as_view())
second_factor_code = open_while_owed(CODE)(SecondFactorCodeView.as_view())
