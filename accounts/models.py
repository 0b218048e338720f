"""The users of the console."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does here; what each may do is in accounts/roles.py."""

    COORDINATOR = "coordinator", _("Coordinator")
    LEAD = "lead", _("Lead")
    ADMINISTRATOR = "administrator", _("Administrator")


class User(AbstractUser):
    """Somebody who may use the console. Deactivated when they leave, never deleted: the audit trail names them.

    Attributes:
        role: the one thing on which rights depend.
    """

    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)

    class Meta:
        """Nobody stands above the roles."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="no_superuser"),
        ]


@receiver(pre_delete, sender=User)
def keep(instance: User, **given: Any) -> None:
    """Nobody is deleted, in whatever way it is tried.

    Raises:
        ProtectedError: always.
    """
    raise models.ProtectedError("Users are deactivated, never deleted: the audit trail names them.", {instance})


class SetUpCode(models.Model):
    """The code that lets somebody be the first user: gone when it was used.

    Attributes:
        hash: see accounts.codes.
    """

    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.pk)
