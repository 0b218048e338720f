"""The two bots that are compared: how each is trained and started.

Ours is trained as `make train` does and started as `make run` does. The other is what `rasa init --no-prompt`
makes, with its default configuration, trained and run by Rasa's own commands. So that the comparison is fair,
both keep their conversations in SQLite on the same disk, and both run on loopback, without telemetry and GPU.
"""

from __future__ import annotations

import shutil
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import requests
import yaml

from benchmarks.memory import Memory, memory_of
from scripts.processes import Child, Children, free_port, listening
from scripts.progress import Progress
from scripts.serve import start_action_server, start_rasa
from scripts.settings import HOME, LOOPBACK, Settings, Trouble, environment, private_folder
from scripts.train import ingredients, last_training, train, why_train

#: Seconds until a start, and a command such as `rasa train`, are given up.
START, COMMAND = 240, 900
#: Both bots know it.
GREETING = "hello"


class Running(Children):
    """The processes of a bot that runs."""

    def __init__(self) -> None:
        super().__init__()
        self._started: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: dict[str, str], log: Path) -> Child:
        """Starts one more."""
        child = super().start(name, command, environment, log)
        self._started.append(child)
        return child

    def memory(self) -> Memory:
        """What they take together."""
        return memory_of([child.process.pid for child in self._started])

    def last_lines(self) -> str:
        """The end of what each has written."""
        return "\n".join(f"  {child.log.name}:\n{child.last_lines(4)}" for child in self._started)

    def __enter__(self) -> Running:
        return self


class Bot(ABC):
    """A bot with a folder and a model of its own, and with ports of its own at each start.

    Attributes:
        name: for a person.
        settings: where it listens, and where its conversations and logs are.
    """

    name: str

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(folder=folder)
        private_folder(folder)
        private_folder(self.settings.logs)

    @abstractmethod
    def prepare(self) -> None:
        """Makes what `train` and `start` need."""

    @abstractmethod
    def train(self) -> None:
        """Trains from nothing: no cache of an earlier training."""

    @abstractmethod
    def launch(self, running: Running) -> Sequence[int]:
        """Starts the processes without waiting, and gives the ports that they will listen at."""

    def start(self, running: Running) -> float:
        """Starts it, and gives the seconds from the start of its first process to its first answer.

        Raises:
            Trouble: if it does not come to that.
        """
        self.settings = replace(self.settings, port=free_port(), actions_port=free_port())
        began = time.monotonic()
        ports = self.launch(running)
        while not (all(listening(port) for port in ports) and self._answers()):
            running.check()
            if time.monotonic() - began > START:
                raise Trouble(f"{self.name} did not answer within {START} s.\n{running.last_lines()}")
            time.sleep(0.05)
        return time.monotonic() - began

    def _answers(self) -> bool:
        message = {"sender": f"start-{time.monotonic_ns()}", "message": GREETING}
        try:
            return bool(requests.post(self.settings.webhook, json=message, timeout=60).json())
        except (requests.RequestException, ValueError):
            return False


class Ours(Bot):
    """The assistant of this project."""

    name = "Our assistant"
    _model: Path | None = None

    def prepare(self) -> None:
        """Takes the model of `make train` if it is up to date; else one is trained, outside of models/."""
        if self._model:
            return
        models = HOME / "models"
        trained = last_training(models)
        if trained and why_train(trained, ingredients(), models) is None:
            self._model = models / trained.model
        else:
            self.train()

    def train(self) -> None:
        """Trains as `make train` does, into the folder of the benchmark."""
        models = private_folder(self.settings.folder / "models")
        self._model = models / train(self.settings, models, ingredients()).model

    def launch(self, running: Running) -> Sequence[int]:
        """Starts what `make run` starts."""
        if self._model is None:
            raise ValueError("prepare() comes before launch().")
        start_action_server(running, self.settings.actions_port, self.settings.logs / "actions.log")
        start_rasa(running, self.settings, self._model)
        return self.settings.actions_port, self.settings.port


class RasaInit(Bot):
    """The bot that `rasa init` makes, untouched. It has no custom actions, so it needs no action server."""

    name = "The bot of rasa init"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._project = folder / "project"

    def prepare(self) -> None:
        """Has it made, which trains it too; and has it keep its conversations as ours does."""
        if self._project.is_dir():
            return
        self._project.mkdir()
        self._rasa("init", "--no-prompt", "--init-dir", str(self._project))
        # Rasa's own store: of one that it cannot import it says so, and keeps conversations in memory.
        store = {"type": "SQL", "dialect": "sqlite", "db": str(self.settings.conversations)}
        endpoints = self._project / "endpoints.yml"
        endpoints.write_text(yaml.safe_dump({"tracker_store": store}), encoding="utf-8")

    def train(self) -> None:
        """Trains by `rasa train`, without what the training before left."""
        for left in (".rasa", "models"):
            shutil.rmtree(self._project / left, ignore_errors=True)
        self._rasa("train", "--force")

    def launch(self, running: Running) -> Sequence[int]:
        """Starts it by `rasa run`."""
        arguments = ("run", "--interface", LOOPBACK, "--port", str(self.settings.port))
        running.start(self.name, self._command(*arguments), _surroundings(), self.settings.logs / "run.log")
        return (self.settings.port,)

    def _rasa(self, *arguments: str) -> None:
        """Runs a command of Rasa's to its end.

        Raises:
            Trouble: if it fails.
        """
        what = f"rasa {arguments[0]}"
        log = self.settings.logs / f"{arguments[0]}.log"
        with Progress(what) as progress, Running() as running:
            child = running.start(what, self._command(*arguments), _surroundings(), log)
            while not child.ended and progress.seconds < COMMAND:
                time.sleep(0.05)
            if child.process.poll() != 0:
                raise Trouble(f"{what} did not succeed. The end of its log:\n{child.last_lines()}")

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "benchmarks.untouched", str(self._project), *arguments]


def _surroundings() -> dict[str, str]:
    """The environment that ours has, but for Rasa's cache of trainings, which the other bot would have."""
    return {name: value for name, value in environment().items() if name != "RASA_MAX_CACHE_SIZE"}
