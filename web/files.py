"""The page's own files: each served under an address that holds its hash, so that a browser may keep it for good."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from web.responses import pack

FOLDER = Path(__file__).resolve().parent / "static"
#: Letters of the hash in an address.
HASH_LENGTH = 16
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
#: Types that gain nothing from gzip.
PACKED = (".png", ".ico", ".woff2")


@dataclass(frozen=True)
class StaticFile:
    """A file as it is served.

    Attributes:
        address: its name with the hash in it, as “chat.0123456789abcdef.js”.
        integrity: of subresource integrity, for pages elsewhere that name it.
        packed: the same in gzip, where that is smaller.
    """

    address: str
    type: str
    content: bytes
    integrity: str
    packed: bytes | None


class Files:
    """The files of a folder; one that has changed is read again."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._read: dict[str, tuple[int, StaticFile]] = {}

    def __getitem__(self, name: str) -> StaticFile:
        """A file by its name.

        Raises:
            KeyError: if there is none, or its type is not served.
        """
        path = self._folder / name
        if "/" in name or path.suffix not in TYPES:
            raise KeyError(name)
        try:
            written = path.stat().st_mtime_ns
            known = self._read.get(name)
            if known is None or known[0] != written:
                known = self._read[name] = (written, _file(name, path.read_bytes()))
        except OSError:
            raise KeyError(name) from None
        return known[1]

    def at(self, address: str) -> StaticFile:
        """The file at an address.

        Raises:
            KeyError: if there is none, or it is not what it was when the address was given out.
        """
        name, _, rest = address.partition(".")
        hash, _, suffix = rest.partition(".")
        file = self[f"{name}.{suffix}"]
        if file.address != address or not hash:
            raise KeyError(address)
        return file


def _file(name: str, content: bytes) -> StaticFile:
    stem, suffix = name.split(".", 1)
    address = f"{stem}.{hashlib.sha256(content).hexdigest()[:HASH_LENGTH]}.{suffix}"
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
    packed = None if Path(name).suffix in PACKED else pack(content)
    return StaticFile(address, TYPES[Path(name).suffix], content, integrity, packed)
