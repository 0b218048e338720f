"""The names of users."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User

#: Names that mean somebody else in the audit trail.
UNKNOWN, PERSON, SYSTEM = "unknown", "person", "system"
RESERVED = frozenset({UNKNOWN, PERSON, SYSTEM})


class NameMixin:
    """A form that asks for the name of a new user."""

    cleaned_data: dict[str, Any]

    def clean_username(self) -> str:
        """The name; one that differs from another in capitals only would be taken for it.

        Raises:
            ValidationError: if the name is taken, or means somebody else.
        """
        name: str = self.cleaned_data["username"]
        if name.casefold() in RESERVED or User.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("This name is taken. Choose another."), code="taken")
        return name
