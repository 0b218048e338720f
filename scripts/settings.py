"""What the commands share: the ports, the private folder, Rasa's environment, and how trouble is told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: The repository.
HOME = Path(__file__).resolve().parent.parent
#: Nothing here listens on anything but this machine itself.
LOOPBACK = "127.0.0.1"
PORT, ACTIONS_PORT, CONSOLE_PORT = 5005, 5055, 5010
#: A start writes logs and conversations, a training some 50 MB twice.
LEAST_FREE = 300_000_000


class Trouble(Exception):
    """Something that a person has to mend; the text says what it is and what to do."""


@dataclass(frozen=True)
class Settings:
    """Where the assistant and the console listen and where they keep what is private.

    Attributes:
        port: of Rasa, TRIAL_GUIDE_PORT.
        actions_port: of the action server, TRIAL_GUIDE_ACTIONS_PORT.
        folder: of the conversations, the records and the logs, TRIAL_GUIDE_FOLDER; only its owner may read it.
        console_port: of the coordinators' console, TRIAL_GUIDE_CONSOLE_PORT.
    """

    port: int = PORT
    actions_port: int = ACTIONS_PORT
    folder: Path = HOME / "var"
    console_port: int = CONSOLE_PORT

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.folder / "logs"

    @property
    def conversations(self) -> Path:
        """The tracker store, as endpoints.yml names it."""
        return self.folder / "conversations.db"

    @property
    def page(self) -> str:
        """The patient's page."""
        return f"http://{LOOPBACK}:{self.port}/webhooks/page/"

    @property
    def ports(self) -> dict[str, int]:
        """Every port, by its variable."""
        return {
            "TRIAL_GUIDE_PORT": self.port,
            "TRIAL_GUIDE_ACTIONS_PORT": self.actions_port,
            "TRIAL_GUIDE_CONSOLE_PORT": self.console_port,
        }

    @property
    def console(self) -> str:
        """The console, on this machine."""
        return f"http://{LOOPBACK}:{self.console_port}/"

    @property
    def webhook(self) -> str:
        """Where a message is posted."""
        return f"http://{LOOPBACK}:{self.port}/webhooks/rest/webhook"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this run.

    Raises:
        Trouble: if a port is not a port, or two are the same.
    """
    folder = environment.get("TRIAL_GUIDE_FOLDER")
    settings = Settings(
        _port(environment, "TRIAL_GUIDE_PORT", PORT),
        _port(environment, "TRIAL_GUIDE_ACTIONS_PORT", ACTIONS_PORT),
        Path(folder).resolve() if folder else HOME / "var",
        _port(environment, "TRIAL_GUIDE_CONSOLE_PORT", CONSOLE_PORT),
    )
    by_port: dict[int, str] = {}
    for name, port in settings.ports.items():
        if port in by_port:
            raise Trouble(f"{by_port[port]} and {name} are both {port}. Choose two different ports.")
        by_port[port] = name
    return settings


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    said = environment.get(name) or str(default)
    if not said.isascii() or not said.isdigit() or not 1024 <= int(said) <= 65535:
        raise Trouble(f"{name} is “{said}”. It must be a number from 1024 to 65535, such as {default}.")
    return int(said)


def private_folder(folder: Path) -> Path:
    """The folder, made if it is not there, and closed to everyone but its owner."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for file in folder.glob("*.db*"):
        file.chmod(0o600)
    return folder


def check_disk(folder: Path) -> None:
    """Sees that there is room.

    Raises:
        Trouble: if there is not.
    """
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise Trouble(
            f"The disk is nearly full: {free // 1_000_000} MB are free where {folder} is, and"
            f" {LEAST_FREE // 1_000_000} MB are needed. Free some space, then run the same command again."
        )


def environment(**more: str) -> dict[str, str]:
    """The environment in which Rasa and its action server run: quiet, alone, and quick to start."""
    # Python has to keep what it has compiled, or each start compiles all of TensorFlow anew.
    unwanted = ("SANIC_", "PYTHONDONTWRITEBYTECODE")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(unwanted)},
        # Rasa would report each training and each start to its makers.
        "RASA_TELEMETRY_ENABLED": "false",
        # Rasa's cache knows a component by its own code, not by the lexicon and the modules it reads: it
        # would hand back what is out of date.
        "RASA_MAX_CACHE_SIZE": "0",
        # TensorFlow is imported by Rasa, and used by nothing here: it need not look for a GPU.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONUNBUFFERED": "1",
        # Some container images have no UTF-8 locale.
        "PYTHONUTF8": "1",
        **more,
    }


def run_command(command: Callable[[], int]) -> None:
    """Runs a command and ends the process: trouble is told in words, not as a traceback."""
    try:
        os.chdir(HOME)
        status = command()
    except Trouble as trouble:
        print(f"\n✗ {trouble}", file=sys.stderr)
        status = 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        status = 130
    sys.exit(status)
