"""Pages that say what went wrong: plain, of our own, and repeating nothing."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest
from django.test import Client, override_settings
from django.urls import path

from scripts.child import DiscreetRecord

pytestmark = pytest.mark.usefixtures("database")

CANARY = "Zephyrine Quillfeather"
ERRORS: dict[str, Exception] = {
    "400": SuspiciousOperation(CANARY),
    "403": PermissionDenied(CANARY),
    "404": Http404(CANARY),
    "500": ValueError(f"invalid literal: {CANARY}"),
}


@login_not_required
def wrong(request: HttpRequest, status: str) -> None:
    """A view in which something goes wrong, about somebody."""
    raise ERRORS[status]


@pytest.fixture
def client() -> Iterator[Client]:
    """A browser at a console whose pages go wrong."""
    urls = ModuleType("urls_that_go_wrong")
    urls.urlpatterns = [path("<str:status>/", wrong)]  # type: ignore[attr-defined]
    sys.modules[urls.__name__] = urls
    with override_settings(ROOT_URLCONF=urls.__name__):
        yield Client(raise_request_exception=False)
    del sys.modules[urls.__name__]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What would be written into the log of the console."""
    written, factory = io.StringIO(), logging.getLogRecordFactory()
    handler = logging.StreamHandler(written)
    logging.setLogRecordFactory(DiscreetRecord)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(factory)


@pytest.mark.parametrize(
    ("status", "title"),
    [
        ("400", "This cannot be read"),
        ("403", "This is not for you"),
        ("404", "There is no such page"),
        ("500", "Something went wrong here"),
    ],
)
def test_an_error_is_told_plainly(client: Client, log: io.StringIO, status: str, title: str) -> None:
    """A page with the status, a title and what to do; neither it nor the log says a word of what was wrong."""
    response: Any = client.get(f"/{status}/?name={CANARY}", headers={"user-agent": CANARY})
    assert response.status_code == int(status)
    assert f"<h1>{title}</h1>" in response.text
    assert 'lang="en"' in response.text
    assert "<style" not in response.text
    assert response["Cache-Control"] == "no-store, private"
    for told in (response.text, log.getvalue()):
        assert "Zephyrine" not in told
        assert "Traceback" not in told
    if status == "500":
        assert "ValueError at test_access_errors.py" in log.getvalue()
