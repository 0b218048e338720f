"""What is set for the page from outside, read in one place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

#: The sites that may show the chat in a frame, between spaces; a whole domain as https://*.clinic.example.
EMBED_ORIGINS = "TRIAL_GUIDE_EMBED_ORIGINS"
#: The key that signs conversation ids; made at the first start where it is not set.
SECRET = "TRIAL_GUIDE_SECRET"
#: How many proxies of your own stand in front, each of which adds to X-Forwarded-For.
PROXY = "TRIAL_GUIDE_PROXY"
FOLDER = "TRIAL_GUIDE_FOLDER"

#: The longest request in bytes, all told: far above any message; a flood ends here.
LONGEST_BODY = 16_384
SHORTEST_SECRET = 32
MOST_PROXIES = 5
_NAME = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(
    rf"https://(?:\*\.)?{_NAME}(?:\.{_NAME})+(?::\d{{1,5}})?|https?://(?:localhost|127\.0\.0\.1)(?::\d{{1,5}})?"
)


class WrongSettingError(ValueError):
    """A setting is not as it should be; the text says what to write instead."""


@dataclass(frozen=True)
class PageSettings:
    """What is set for the page.

    Attributes:
        folder: where the signing key is kept if none is set.
        secret: the signing key, if it is set.
        embed_origins: the sites that may show the chat in a frame.
        proxies: how many of the addresses in X-Forwarded-For, from the right, were written by proxies of our own.
    """

    folder: Path
    secret: str | None = None
    embed_origins: tuple[str, ...] = ()
    proxies: int = 0


def read_page_settings(environment: Mapping[str, str] = os.environ) -> PageSettings:
    """The settings of the page.

    Raises:
        WrongSettingError: if one is not as it should be.
    """
    secret = environment.get(SECRET) or None
    if secret is not None and len(secret) < SHORTEST_SECRET:
        raise WrongSettingError(
            f"{SECRET} is too short: it needs {SHORTEST_SECRET} characters or more, such as"
            " `openssl rand -hex 32` writes. Without it a key is made and kept by itself."
        )
    proxies = environment.get(PROXY) or "0"
    if not proxies.isascii() or not proxies.isdigit() or int(proxies) > MOST_PROXIES:
        raise WrongSettingError(f"{PROXY} is “{proxies}”. It must be the number of proxies in front, such as 1.")
    folder = Path(environment.get(FOLDER) or Path(__file__).resolve().parent.parent / "var")
    return PageSettings(folder, secret, _origins(environment.get(EMBED_ORIGINS) or ""), int(proxies))


def _origins(said: str) -> tuple[str, ...]:
    origins = tuple(dict.fromkeys(said.lower().replace(",", " ").split()))
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise WrongSettingError(
                f"{EMBED_ORIGINS} names “{origin}”. Write each site as its address without a path, such as"
                " https://www.clinic.example, and a space between two."
            )
    return origins
