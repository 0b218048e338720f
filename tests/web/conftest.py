"""The patient's page as a browser meets it, over HTTP."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import requests

from web.visitors import COOKIE

if TYPE_CHECKING:
    from tests.conftest import Assistant

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """Somebody at the page: keeps a cookie as a browser does, or a token as an embedded page does.

    Attributes:
        base: the page's address.
        token: sent along, if there is one.
    """

    def __init__(self, base: str, embedded: bool = False) -> None:
        self.base = base
        self.token: str | None = None
        self._session = requests.Session()
        if embedded:
            self.token = self.get("messages?embedded=1").json()["token"]

    @property
    def cookie(self) -> str | None:
        """What the cookie holds."""
        return self._session.cookies.get(COOKIE)

    @cookie.setter
    def cookie(self, value: str) -> None:
        self._session.cookies.clear()
        self._session.headers["Cookie"] = f"{COOKIE}={value}"

    def request(self, method: str, path: str, **given: Any) -> requests.Response:
        """Any request; redirections are not followed."""
        headers = {**SAME_SITE, **given.pop("headers", {})}
        if self.token:
            headers = {"Authorization": f"Bearer {self.token}", **headers}
        url = self.base + path
        return self._session.request(method, url, headers=headers, timeout=40, allow_redirects=False, **given)

    def get(self, path: str = "", **given: Any) -> requests.Response:
        """A GET."""
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> requests.Response:
        """A POST."""
        return self.request("POST", path, **given)

    def send(self, message: Any, **given: Any) -> requests.Response:
        """Posts a message as it is."""
        return self.post("messages", json=message, **given)

    def say(self, text: str, id: str | None = None) -> dict[str, Any]:
        """Says something, and gives the answer."""
        return self._answered(self.send({"id": id or new_id(), "text": text}))

    def press(self, payload: str, title: str = "") -> dict[str, Any]:
        """Presses a button."""
        return self._answered(self.send({"id": new_id(), "payload": payload, "title": title}))

    def conversation(self) -> dict[str, Any]:
        """The conversation so far."""
        return self._answered(self.get("messages"))

    def texts(self) -> list[str]:
        """What was said so far, after the greeting."""
        return [message["text"] for message in self.conversation()["messages"][1:]]

    @staticmethod
    def _answered(response: requests.Response) -> dict[str, Any]:
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


def new_id() -> str:
    """An id of a message, as the widget makes one."""
    return str(uuid.uuid4())


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the forms in a page."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in hidden}


def words_of(page: str) -> str:
    """What a person reads in a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture
def base(assistant: Assistant) -> str:
    """The page's address."""
    return assistant.settings.page


@pytest.fixture
def visitor(base: str) -> Visitor:
    """Somebody who comes for the first time."""
    return Visitor(base)
