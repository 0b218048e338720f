"""Who is talking: conversation ids that only this server can make, and nobody can guess or name.

An id travels signed, in a cookie or, in the frame of another site, as a bearer token. What does not carry our
signature is nobody's: it gets a conversation of its own.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from web.settings import PageSettings

COOKIE = "trial_guide"
KEY_FILE = "secret.key"
#: Bytes of an id and of a key that is made here.
ID_BYTES, KEY_BYTES = 24, 32
#: Seconds for which a signature holds. Long beyond any conversation; how long one is kept the tracker store decides.
LONGEST = 30 * 24 * 3600
#: Rasa's name for a conversation of the page.
SENDER = "page-"
_ID = re.compile(r"[\w-]{32}", re.ASCII)
_HERE = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?")


class Visitors:
    """Makes, signs and reads conversation ids."""

    def __init__(self, key: bytes) -> None:
        self._signer = TimestampSigner(key, salt=COOKIE)

    def new(self) -> str:
        """A new id."""
        return secrets.token_urlsafe(ID_BYTES)

    def sign(self, visitor: str) -> str:
        """The id as it travels."""
        return self._signer.sign(visitor).decode()

    def read(self, token: str | None) -> str | None:
        """The id in a token; None if it is not ours, or too old."""
        if not token or len(token) > 200:
            return None
        try:
            visitor = self._signer.unsign(token, max_age=LONGEST).decode()
        except (BadSignature, UnicodeError, ValueError, OverflowError):
            return None
        return visitor if _ID.fullmatch(visitor) else None


def signing_key(settings: PageSettings) -> bytes:
    """The key that is set, or one that is made at the first start and kept beside the conversations."""
    if settings.secret:
        return settings.secret.encode()
    file = settings.folder / KEY_FILE
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write_whole(file, secrets.token_bytes(KEY_BYTES).hex())
    return file.read_text(encoding="ascii").strip().encode()


def _write_whole(file: Path, text: str) -> None:
    """Writes a file that nobody else can read, if it is not there: whole, or not at all.

    Raises:
        FileExistsError: if it is there.
    """
    if file.exists():
        raise FileExistsError(file)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    try:
        os.link(draft, file)
    finally:
        draft.unlink()


def cookie(token: str, seconds: int, host: str) -> str:
    """The header that gives the browser its cookie; with no seconds, that takes it back.

    It names no path: the browser takes that of the page, which a proxy may show under another address.
    """
    secure = "" if _HERE.fullmatch(host) else "; Secure"
    return f"{COOKIE}={token if seconds else ''}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
