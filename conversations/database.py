"""Where what people say is stored: SQLite files in the data folder, or one PostgreSQL database by a single setting.

TRIAL_GUIDE_FOLDER     the data folder; var beside the code if it is not set
TRIAL_GUIDE_DATABASE   postgresql://user:password@host:port/name; SQLite in the data folder if it is not set
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

FOLDER = "TRIAL_GUIDE_FOLDER"
DATABASE = "TRIAL_GUIDE_DATABASE"
HOME = Path(__file__).resolve().parent.parent
POSTGRESQL_PORT = 5432


class WrongDatabaseError(ValueError):
    """TRIAL_GUIDE_DATABASE is not as it should be; the text says what to write instead, and quotes no password."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL database."""

    host: str
    port: int
    name: str
    user: str
    password: str


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything that is stored."""
    said = environment.get(FOLDER)
    return Path(said).resolve() if said else HOME / "var"


def server(environment: Mapping[str, str] = os.environ) -> Server | None:
    """The PostgreSQL database that is set; None where SQLite is to be used.

    Raises:
        WrongDatabaseError: if the setting is not the address of one.
    """
    said = environment.get(DATABASE)
    if not said:
        return None
    hint = f"{DATABASE} must look like postgresql://user:password@host:{POSTGRESQL_PORT}/name, or not be set at all."
    try:
        address = urlsplit(said)
        port = address.port or POSTGRESQL_PORT
    except ValueError as error:
        raise WrongDatabaseError(hint) from error
    name = unquote(address.path.removeprefix("/"))
    if address.scheme not in ("postgresql", "postgres") or not address.hostname or not name or not address.username:
        raise WrongDatabaseError(hint)
    return Server(address.hostname, port, name, unquote(address.username), unquote(address.password or ""))


def private_file(path: Path) -> Path:
    """The file, made empty if it is not there, in a folder that only its owner may look into."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Waits until no other process is in here by this name, then lets nobody else in."""
    with private_file(data_folder() / f"{name}.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
