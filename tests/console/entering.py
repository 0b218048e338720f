"""Ways into the console, as tests go them."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from records.models import AuditEntry
from tests.django_setup import PASSWORD

LOGIN = "/account/log-in/"


def log_in(client: Client, name: str, password: str = PASSWORD, **more: Any) -> Any:
    """Sends the form of the login."""
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def app_of(user: User) -> TOTPDevice:
    """The app on the user's telephone, set up."""
    return TOTPDevice.objects.create(user=user, name="app", confirmed=True)


def shown_by(device: TOTPDevice, steps: int = 0) -> str:
    """The six digits that the app shows, so many half minutes from now."""
    device.refresh_from_db()
    counter = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    counter.time = time.time() + steps * device.step
    return f"{counter.token():06d}"


def send_code(client: Client, code: str) -> Any:
    """Sends the form that asks for the code."""
    return client.post(reverse("accounts:second_factor_code"), {"code": code})


def audited() -> list[tuple[str, str, str, str]]:
    """Actor, action, subject and detail of the audit trail, oldest first."""
    return list(AuditEntry.objects.order_by("number").values_list("actor", "action", "subject", "detail"))
