"""Behind nginx, as web/nginx.conf.example sets it up: the page works under another path, and that alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from scripts.processes import free_port, listening
from scripts.settings import HOME
from tests.web.conftest import Visitor, fields_of, new_id

if TYPE_CHECKING:
    from tests.conftest import Assistant

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
EXAMPLE = HOME / "web" / "nginx.conf.example"
AROUND = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{example}
}}
"""

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed; the continuous integration has it")


@pytest.fixture(scope="module")
def site(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The clinic's site, but for https: the example with other ports."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    example = EXAMPLE.read_text(encoding="utf-8")
    for usual, here in (("443 ssl", f"127.0.0.1:{port}"), (":5005/", f":{assistant.settings.port}/")):
        assert usual in example
        example = example.replace(usual, here)
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, example=example), encoding="utf-8")
    assert NGINX
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(file)])
    try:
        until = time.monotonic() + 10
        while not listening(port):
            assert process.poll() is None, (folder / "error.log").read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(10)
    check_logs(folder)


def check_logs(folder: Path) -> None:
    """Nothing that was said stands in nginx's files, and no visit to the page."""
    visits = (folder / "access.log").read_text(encoding="utf-8")
    assert "/trial-chat/messages" not in visits
    assert "placebo" not in visits + (folder / "error.log").read_text(encoding="utf-8")


def test_a_conversation(site: str) -> None:
    """Page, files, cookie, messages and forms work under the clinic's path."""
    visitor = Visitor(f"{site}trial-chat/")
    page = visitor.get().text
    files = re.findall(r'(?:href|src)="(static/[^"]+)"', page)
    assert len(files) >= 3
    assert all(visitor.get(file).status_code == 200 for file in files)
    assert visitor.say("was there a placebo?")["messages"][0]["text"]
    form = {"message_id": fields_of(page)["message_id"], "text": "did it work?"}
    sent = visitor.post("say", data=form, headers={"Origin": site.rstrip("/"), "Sec-Fetch-Site": None})
    assert (sent.status_code, sent.headers["Location"]) == (303, "./#newest")
    assert len(visitor.texts()) == 4
    assert visitor.get("pictures/cancer_free.svg").headers["Content-Type"] == "image/svg+xml"
    assert requests.get(f"{site}trial-chat", timeout=10).url == f"{site}trial-chat/"
    assert visitor.send({"id": new_id(), "text": "a" * 20_000}).status_code == 413


def test_embedding(site: str) -> None:
    """The demonstration page, its script and the frame's token work under the clinic's path."""
    script = requests.get(f"{site}trial-chat/embed.js", timeout=10)
    assert re.fullmatch(rf"{re.escape(site)}trial-chat/static/embed\.\w+\.js", script.url)
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    visitor = Visitor(f"{site}trial-chat/", embedded=True)
    visitor.say("was there a placebo?")
    assert visitor.cookie is None
    assert len(visitor.texts()) == 2


@pytest.mark.parametrize(
    "path",
    [
        "",
        "webhooks/rest/webhook",
        "webhooks/page/",
        "trial-chat/../webhooks/rest/webhook",
        "trial-chat/%2e%2e/rest/webhook",
        "trial-chat/..%2frest/webhook",
        "trial-chat//../../webhooks/rest/webhook",
    ],
)
def test_nothing_else_is_reached(site: str, path: str) -> None:
    """Rasa's own addresses, where whoever reaches them may name any conversation, are hidden."""
    prepared = requests.Request("POST", site, json={"sender": "someone", "message": "hello"}).prepare()
    prepared.url = site + path  # as it stands: requests would tidy it up
    answer = requests.Session().send(prepared, timeout=10)
    assert answer.status_code in (400, 404, 405)
    assert "recipient_id" not in answer.text
    assert "Rasa" not in answer.text
