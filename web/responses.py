"""Answers over HTTP: pages, JSON, files, and the way to another address."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

from sanic.response import HTTPResponse, raw

#: Of what a person has said, nothing is kept on the way.
PRIVATE = {"Cache-Control": "no-store"}
#: What a clinic's page may take from here: the embed script, which it names with its integrity.
FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

Headers = Mapping[str, str]


def html(text: str, status: int = 200, headers: Headers | None = None) -> HTTPResponse:
    """A page."""
    return raw(text.encode(), status, {**PRIVATE, **(headers or {})}, content_type="text/html; charset=utf-8")


def answer(value: Mapping[str, Any], status: int = 200, headers: Headers | None = None) -> HTTPResponse:
    """An answer to the widget."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return raw(body, status, {**PRIVATE, **(headers or {})}, content_type="application/json")


def redirect(address: str, status: int, headers: Headers | None = None) -> HTTPResponse:
    """The way to another address, relative to this one."""
    return raw(b"", status, {**PRIVATE, **(headers or {}), "Location": address}, content_type="text/plain")


def public(
    content: bytes, type: str, seconds: int, accepts: str, packed: bytes | None = None, headers: Headers | None = None
) -> HTTPResponse:
    """What is the same for everybody, and may be kept for some time; in gzip where the browser takes it."""
    kept = {"Cache-Control": f"public, max-age={seconds}", "Vary": "Accept-Encoding", **(headers or {})}
    if packed and "gzip" in accepts:
        return raw(packed, 200, {**kept, "Content-Encoding": "gzip"}, content_type=type)
    return raw(content, 200, kept, content_type=type)


def pack(content: bytes) -> bytes | None:
    """The same in gzip; None if that is no smaller."""
    packed = gzip.compress(content, 9, mtime=0)
    return packed if len(packed) < len(content) else None
