"""Behind nginx, as web/nginx.conf.example sets it up: the page works under another path, and that alone; the console
under a name of its own, over https.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from review.environment import ORIGIN
from scripts.console_pictures import console_served
from scripts.processes import free_port, listening
from scripts.settings import HOME
from tests.console.browser.seeding import seeded
from tests.django_setup import PASSWORD
from tests.web.conftest import Visitor, fields_of, new_id
from web.settings import PROXY

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
    changes = {"443 ssl": f"127.0.0.1:{port}", ":5005/": f":{assistant.settings.port}/"}
    with nginx(folder, port, changed(EXAMPLE.read_text(encoding="utf-8"), changes)):
        yield f"http://127.0.0.1:{port}/"
    check_logs(folder)


def changed(example: str, changes: dict[str, str]) -> str:
    """The example as it is here; what is to be changed must stand in it."""
    for usual, here in changes.items():
        assert usual in example
        example = example.replace(usual, here)
    return example


@contextmanager
def nginx(folder: Path, port: int, example: str) -> Iterator[None]:
    """An nginx that runs, for a while."""
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
        yield
    finally:
        process.terminate()
        process.wait(10)


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


# The console

SITE, CONSOLE = "clinic.example", "console.clinic.example"
#: Addresses of this machine, as Linux has them: from there colleagues come.
HERE, ELSEWHERE = "127.0.0.2", "127.0.0.3"
CERTIFICATE = "# ssl_certificate and ssl_certificate_key as on the rest of the site"
ONLY_ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems have one loopback address")


class Browsing(HTTPAdapter):
    """Calls nginx by one of its names, from an address of this machine."""

    def __init__(self, name: str, source: str) -> None:
        self._more = {"server_hostname": name, "assert_hostname": name, "source_address": (source, 0)}
        super().__init__()

    def init_poolmanager(self, *args: Any, **given: Any) -> Any:
        """As usual, but for the name and the address."""
        return super().init_poolmanager(*args, **given, **self._more)  # type: ignore[no-untyped-call]


class Colleague(requests.Session):
    """A browser, which knows the certificate and keeps cookies as they say."""

    def __init__(self, port: int, certificate: Path, name: str = CONSOLE, source: str = "127.0.0.1") -> None:
        super().__init__()
        self._base = f"https://127.0.0.1:{port}/"
        self.verify = str(certificate)
        # Or the certificates of this machine would come before it.
        self.trust_env = False
        self.headers["Host"] = f"{name}:{port}"
        self.headers["Referer"] = f"https://{name}:{port}/"
        self.mount("https://", Browsing(name, source))

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        """A page; redirections are not followed."""
        return self.request(method, self._base + path, timeout=20, allow_redirects=False, **given)

    def log_in(self, password: str = PASSWORD, **headers: str) -> requests.Response:
        """Sends the form of the login."""
        page = self.call("GET", "account/log-in/", headers=headers).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token, page
        form = {"csrfmiddlewaretoken": token[1], "username": "carla", "password": password}
        return self.call("POST", "account/log-in/", data=form, headers=headers)


Colleagues = Callable[..., Colleague]


@pytest.fixture(scope="module")
def colleagues(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Colleagues]:
    """Browsers in front of the whole example, the console's part of it too: only ports and certificate are of here."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    names = f"subjectAltName=DNS:{SITE},DNS:{CONSOLE}"
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={SITE}"]
    made = [*new, "-addext", names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    page, start, console = EXAMPLE.read_text(encoding="utf-8").partition("# server {\n")
    # As its comment says: “Take the # away where it is wanted.”
    example = page + re.sub(r"(?m)^# ?", "", start + console)
    assert example.count(CERTIFICATE) == 2
    data = tmp_path_factory.mktemp("console")
    seeded(data, PASSWORD, users={"carla": "coordinator"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ORIGIN, f"https://{CONSOLE}:{port}")
        patch.setenv(PROXY, "1")
        with console_served(data) as served:
            changes = {
                "443 ssl": f"127.0.0.1:{port} ssl",
                CERTIFICATE: f"ssl_certificate {certificate};\n    ssl_certificate_key {key};",
                ":5005/": f":{assistant.settings.port}/",
                "http://127.0.0.1:5010": served.removesuffix("/"),
            }
            with nginx(folder, port, changed(example, changes)):
                yield lambda name=CONSOLE, source="127.0.0.1": Colleague(port, certificate, name, source)
    # Each of their requests named it.
    assert CONSOLE not in (folder / "access.log").read_text(encoding="utf-8")


def test_the_console_is_logged_in_to(colleagues: Colleagues) -> None:
    """By its own name over https one logs in, sees the list and its styles; every cookie is for https and that host."""
    carla = colleagues()
    answer = carla.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "max-age=31536000" in answer.headers["Strict-Transport-Security"]
    page = carla.call("GET", "").text
    assert "carla" in page
    styles = re.findall(r'href="/(static/[^"]+)"', page)
    assert styles
    assert all(carla.call("GET", style).status_code == 200 for style in styles)
    assert {cookie.name for cookie in carla.cookies} == {"__Host-trial_guide_console", "__Host-trial_guide_form"}
    for cookie in carla.cookies:
        assert cookie.secure, cookie.name
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name


def test_a_form_of_another_site_is_refused(colleagues: Colleagues) -> None:
    """Also behind the proxy a form must come from the console's own address."""
    assert colleagues().log_in(Origin=f"https://{CONSOLE}.evil.example").status_code == 403
    assert colleagues().log_in(Referer="https://evil.example/").status_code == 403


@ONLY_ON_LINUX
def test_failed_logins_count_by_the_real_address(colleagues: Colleagues) -> None:
    """Whatever the browser writes into the headers, its failures are counted together; at another address one goes on
    working.
    """
    statuses = []
    for number in range(5):
        forged = {"X-Forwarded-For": f"192.0.2.{number}", "X-Real-IP": f"192.0.2.{number}"}
        statuses.append(colleagues(source=HERE).log_in("wrong", **forged).status_code)
    assert statuses == [200, 200, 200, 200, 429]
    assert colleagues(source=HERE).log_in(**{"X-Forwarded-For": ELSEWHERE}).status_code == 429
    assert colleagues(source=ELSEWHERE).log_in().status_code == 302


def test_nobody_says_for_another_that_it_is_https(colleagues: Colleagues) -> None:
    """The proxy says it, and not the browser: what it writes there changes nothing."""
    answer = colleagues().log_in(**{"X-Forwarded-Proto": "http"})
    assert answer.status_code == 302
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize("path", ["webhooks/rest/webhook", "webhooks/page/", "trial-chat/", "webhook", "conversations"])
def test_by_the_name_of_the_console_rasa_is_not_reached(colleagues: Colleagues, path: str) -> None:
    """Neither its addresses nor the patient's page are shown there."""
    message = {"sender": "someone", "message": "hello"}
    for method in ("GET", "POST"):
        answer = colleagues().call(method, path, json=message)
        assert answer.status_code in (302, 403, 404)
        assert "recipient_id" not in answer.text
        assert "Trial Guide</h1>" not in answer.text


def test_by_the_name_of_the_site_the_console_is_not_reached(colleagues: Colleagues) -> None:
    """By the name of the clinic's site there is the patient's page, and no login; by any other name neither."""
    assert colleagues(SITE).call("GET", "trial-chat/").status_code == 200
    assert colleagues(SITE).call("GET", "account/log-in/").status_code == 404
    assert colleagues(SITE).call("POST", "webhooks/rest/webhook", json={}).status_code == 404
