"""What keeps other sites out: the headers of every answer, and the look at where a message comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from web.refusals import Refusal

NONE = "'none'"
SELF = "'self'"
#: What the page may load and do: what comes from here, and nothing written into the page itself.
_POLICY = {
    "default-src": NONE,
    "script-src": SELF,
    "style-src": SELF,
    "img-src": f"{SELF} data:",
    "connect-src": SELF,
    "form-action": SELF,
    "base-uri": NONE,
    "frame-ancestors": NONE,
}
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def security_headers(**other: str) -> dict[str, str]:
    """The headers of every answer; with parts of the policy that are other than usual (frame_ancestors=…)."""
    policy = {**_POLICY, **{name.replace("_", "-"): value for name, value in other.items()}}
    return {**_ALWAYS, "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items())}


def frame_ancestors(origins: Sequence[str]) -> str:
    """Who may show the chat in a frame: our own demonstration page, and the sites that the clinic lists."""
    return " ".join([SELF, *origins])


def check_sender(headers: Mapping[str, str], host: str, form: bool) -> None:
    """Sees that a message was sent by our own page.

    Raises:
        Refusal: if the browser says that another site sent it.
    """
    fetched = headers.get("sec-fetch-site")
    if fetched is not None:
        # “none”: the person did it, by loading the page of a form again.
        if fetched not in ("same-origin", "none"):
            raise Refusal("not_from_here", 403)
        return
    origin = headers.get("origin")
    # Of a form in a page without referrer, a browser says that its origin is “null”; the cookie's SameSite guards it.
    if origin is None or (form and origin == "null"):
        return
    if urlsplit(origin).netloc.lower() != host.lower():
        raise Refusal("not_from_here", 403)


def sender_address(headers: Mapping[str, str], peer: str, proxies: int) -> str:
    """The address of who sent it: of the connection, or what our own proxies say that it is.

    Whoever sends may write what they like into X-Forwarded-For; only what our proxies have added to it is true.
    """
    told = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
    return told[-proxies] if 0 < proxies <= len(told) else peer
