"""Other sites cannot speak for a person, and nobody can say that they are somebody else."""

from __future__ import annotations

import pytest

from web.guard import check_sender, frame_ancestors, security_headers, sender_address
from web.refusals import Refusal

HOST = "www.clinic.example"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": f"https://{HOST}"},
        {"origin": f"http://{HOST.upper()}"},
        {},
    ],
)
def test_our_own_page_may_send(headers: dict[str, str]) -> None:
    """What our page sends is taken, also from a browser that tells less, and from a script that is no browser."""
    check_sender(headers, HOST, form=False)
    check_sender(headers, HOST, form=True)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": f"https://{HOST}"},
        {"origin": "https://evil.example"},
        {"origin": f"https://{HOST}.evil.example"},
        {"origin": f"https://evil.example/{HOST}"},
        {"origin": f"https://{HOST}:8443"},
        {"origin": ""},
    ],
)
def test_another_site_may_not(headers: dict[str, str]) -> None:
    """What another site sends is refused, as a form and as JSON."""
    for form in (False, True):
        with pytest.raises(Refusal, match="not_from_here") as raised:
            check_sender(headers, HOST, form)
        assert raised.value.status == 403


def test_an_origin_that_is_not_told_is_taken_of_a_form_only() -> None:
    """In a page without referrer an old browser says “null” of a form; a script's request always has an origin."""
    check_sender({"origin": "null"}, HOST, form=True)
    with pytest.raises(Refusal):
        check_sender({"origin": "null"}, HOST, form=False)


def test_only_what_our_proxies_say_counts() -> None:
    """The address is that of the connection, or the one that our own proxy has put last."""
    told = {"x-forwarded-for": "192.0.2.66, 198.51.100.7"}
    assert sender_address(told, "127.0.0.1", 0) == "127.0.0.1"
    assert sender_address(told, "127.0.0.1", 1) == "198.51.100.7"
    assert sender_address(told, "127.0.0.1", 2) == "192.0.2.66"
    assert sender_address(told, "127.0.0.1", 3) == "127.0.0.1"
    assert sender_address({}, "127.0.0.1", 1) == "127.0.0.1"


def test_the_policy_allows_nothing_written_into_a_page() -> None:
    """Scripts and styles come from here, as files; nothing else is loaded, framed or sent anywhere."""
    policy = security_headers()["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    framed = security_headers(frame_ancestors=frame_ancestors(["https://www.clinic.example"]))
    assert framed["Content-Security-Policy"].endswith("frame-ancestors 'self' https://www.clinic.example")
