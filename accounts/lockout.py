"""Who tries too often has to wait: one user from one address, so that nobody else behind the same proxy has to.

django-axes counts. What was typed as a name may be a password, so that only its keyed hash is kept.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from web.guard import sender_address

PASSWORD, SECOND_FACTOR, SET_UP = "password", "second factor", "set-up code"
#: A network that one household or office gets whole: whoever has one address of it has them all.
_OF_ONE = 64


def address_of(request: HttpRequest) -> str | None:
    """The address of who sent it, as our own proxies tell it; of IPv6 the network."""
    told = {"x-forwarded-for": request.META.get("HTTP_X_FORWARDED_FOR", "")}
    peer = request.META.get("REMOTE_ADDR", "")
    for candidate in (sender_address(told, peer, settings.PROXIES), peer):
        try:
            address = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        return str(address.ipv4_mapped or ipaddress.ip_network((address, _OF_ONE), strict=False).network_address)
    return None


def disguised(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """Under what name failures are counted: tells nobody what was typed."""
    given = credentials or {}
    name = given.get("username") or ""
    return salted_hmac(f"lockout {given.get('kind', PASSWORD)}", str(name)).hexdigest()


def may_try(request: HttpRequest, kind: str, name: str) -> bool:
    """Whether there were not too many failures; otherwise the answer will be the page that says so."""
    if AxesProxyHandler.is_allowed(request, {"username": name, "kind": kind}):
        return True
    request.axes_locked_out = True  # type: ignore[attr-defined]
    return False


def failed(request: HttpRequest, kind: str, name: str) -> None:
    """Counts a failure."""
    user_login_failed.send(__name__, credentials={"username": name, "kind": kind}, request=request)


def forgive(request: HttpRequest, kind: str, name: str) -> None:
    """Forgets the failures of one who has succeeded."""
    counted = disguised(request, {"username": name, "kind": kind})
    AxesProxyHandler.reset_attempts(username=counted, ip_address=address_of(request))


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: object = None) -> HttpResponse:
    """The page that says to wait, the same for every name."""
    wait: timedelta = settings.AXES_COOLOFF_TIME
    minutes = int(wait.total_seconds() // 60)
    page = render(request, "locked.html", {"minutes": minutes}, status=settings.AXES_HTTP_RESPONSE_CODE)
    page["Retry-After"] = str(int(wait.total_seconds()))
    return page
