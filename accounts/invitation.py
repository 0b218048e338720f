"""An invitation: a link, good once, by which somebody chooses their own password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordChangeView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sessions import revoke_tokens
from records.audit import Action, append


def invitation_link(request: HttpRequest, user: User) -> str:
    """The link, to be handed over. It names nobody, and ends when the password is chosen."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    path = reverse("accounts:invitation", args=(number, default_token_generator.make_token(user)))
    return f"{settings.CONSOLE.origin}{path}" if settings.CONSOLE.origin else request.build_absolute_uri(path)


class InvitationView(PasswordResetConfirmView):
    """Asks for the password that somebody wants to have."""

    template_name = "accounts/invitation.html"
    success_url = reverse_lazy("accounts:login")

    def get_user(self, uidb64: str) -> Any:
        """Who was invited; nobody, if they were deactivated since."""
        user: Any = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Keeps the password."""
        response = super().form_valid(form)
        revoke_tokens(self.user)
        append(self.user.get_username(), Action.USER_CHANGED, self.user.get_username(), "password, by invitation")
        messages.success(self.request, _("Your password is kept. Please log in with it."))
        return response


class PasswordView(PasswordChangeView):
    """Another password, for whoever knows the one before."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:password")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keeps the password; other sessions of the user end."""
        response = super().form_valid(form)
        revoke_tokens(form.user)
        name = form.user.get_username()
        append(name, Action.USER_CHANGED, name, "password")
        messages.success(self.request, _("Your password was changed. You were logged out everywhere else."))
        return response


invitation = InvitationView.as_view()
password = PasswordView.as_view()
