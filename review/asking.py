"""Who asks for a page, and how."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User

View = Callable[..., HttpResponse]


def user_of(request: HttpRequest) -> User:
    """The user who is logged in. Every page of the console wants one."""
    assert isinstance(request.user, User)
    return request.user


def by_form(page: str) -> Callable[[View], View]:
    """For what is done by a form of a page. Whoever comes by a link, or by logging in anew, is led to the page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:
            return view(request, **given) if request.method == "POST" else redirect(page, **given)

        return answer

    return decorate
