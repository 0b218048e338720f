"""Trains the assistant if, and only if, something that a model is made of has changed since last time."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.processes import Child, Children, child_command, stop_on_signals
from scripts.progress import Progress
from scripts.settings import (
    HOME,
    Settings,
    Trouble,
    check_disk,
    environment,
    private_folder,
    read_settings,
    run_command,
)

#: What a model is made of, as patterns below the repository. The texts of answers, the words of the safety gate and
#: the short replies are not among it: they are read at each start, and changing one needs no training.
INGREDIENTS = (
    "config.yml",
    "domain.yml",
    "uv.lock",
    "data/**/*.yml",
    "lexicon/*/concepts/*.yml",
    "lexicon/*/clauses.yml",
    "lexicon/places/*",
    "understanding/**/*.py",
    "trial/topics.yml",
    "trial/concepts.yml",
    "trial/sites.yml",
    "trial/*/glossary.yml",
)
#: Code beside them that only reads messages: nothing of it goes into a model.
READS_ONLY = frozenset(
    f"understanding/{name}.py" for name in ("action_server", "clauses", "context", "emergency", "questions", "replies")
)
#: Models kept: the newest and the one before.
KEPT = 2
#: What Rasa says of a component it has trained.
TRAINED = re.compile(r"Finished training component '(?:[\w.]*\.)?(\w+)'")


@dataclass(frozen=True)
class Trained:
    """What is noted beside the model, in trained.json.

    Attributes:
        model: its file, in the folder of models.
        sha256: of that file. A model is code to whoever loads it: one that was changed is not loaded.
        hash: of all the ingredients together.
        ingredients: the hash of each, to say what has changed.
    """

    model: str
    sha256: str
    hash: str
    ingredients: dict[str, str]


def ingredients(home: Path = HOME) -> dict[str, str]:
    """The SHA-256 of every file a model is made of, by path."""
    files = {file for pattern in INGREDIENTS for file in home.glob(pattern) if file.is_file()}
    paths = {str(file.relative_to(home)): file for file in sorted(files) if "__pycache__" not in file.parts}
    return {path: sha256(file) for path, file in paths.items() if path not in READS_ONLY}


def sha256(file: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def together(parts: dict[str, str]) -> str:
    """One hash of all the ingredients."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def last_training(models: Path) -> Trained | None:
    """What was noted at the last training; None if there was none, or the note cannot be read."""
    try:
        return Trained(**json.loads((models / "trained.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def why_train(trained: Trained | None, now: dict[str, str], models: Path) -> str | None:
    """The reason to train, in words; None if the model at hand is up to date and genuine."""
    if trained is None:
        return "there is no model yet"
    if trained.hash != together(now):
        changed = sorted(
            path for path in now.keys() | trained.ingredients.keys() if now.get(path) != trained.ingredients.get(path)
        )
        more = f" and {len(changed) - 3} more files" if len(changed) > 3 else ""
        return f"changed since the last time: {', '.join(changed[:3])}{more}"
    file = models / trained.model
    if not file.is_file():
        return "the model file is gone"
    if sha256(file) != trained.sha256:
        return "the model file is not the one that was trained here, so it is not trusted"
    return None


def up_to_date_model(settings: Settings, home: Path = HOME, *, force: bool = False) -> Path:
    """The model to serve, trained now if need be.

    Raises:
        Trouble: if training fails.
    """
    models = home / "models"
    models.mkdir(exist_ok=True)
    with alone(models):
        now = ingredients(home)
        trained = last_training(models)
        reason = "asked for" if force else why_train(trained, now, models)
        if reason or trained is None:
            check_disk(models)
            print(f"Training the assistant: {reason}.", flush=True)
            trained = train(settings, models, now)
        return models / trained.model


@contextmanager
def alone(models: Path) -> Iterator[None]:
    """Lets one training at a time happen. The lock goes with the process, however it ends."""
    with (models / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("Waiting for a training in another terminal to end …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def train(settings: Settings, models: Path, now: dict[str, str]) -> Trained:
    """Trains a model beside the others, and puts it among them only when it is complete.

    Raises:
        Trouble: if training fails.
    """
    for half_made in models.glob(".training-*"):
        shutil.rmtree(half_made, ignore_errors=True)
    kitchen = Path(tempfile.mkdtemp(prefix=".training-", dir=models))
    try:
        # Rasa's own cache of earlier trainings knows nothing of the lexicon, hence --force. Validation is
        # left to scripts.validate, where warnings count.
        command = child_command(
            "rasa",
            "train",
            *("--force", "--skip-validation", "--out", str(kitchen), "--fixed-model-name", "model"),
            discreet=False,
        )
        private_folder(settings.folder)
        private_folder(settings.logs)
        log = settings.logs / "train.log"
        with Progress("Training") as progress, Children() as children:
            # TensorFlow's faster products, which it chooses by itself on newer processors only.
            faster = environment(TF_ENABLE_ONEDNN_OPTS="1")
            child = children.start("Training", command, faster, log)
            while not child.ended:
                time.sleep(0.1)
                progress.note(how_far(log))
        made = kitchen / "model.tar.gz"
        if child.process.returncode or not made.is_file():
            raise Trouble(failure(child))
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{together(now)[:8]}.tar.gz"
        trained = Trained(name, sha256(made), together(now), now)
        made.rename(models / name)
        note = kitchen / "trained.json"
        note.write_text(json.dumps(asdict(trained), indent=1) + "\n")
        os.replace(note, models / "trained.json")
    finally:
        shutil.rmtree(kitchen, ignore_errors=True)
    # The newest last, by name; what someone trained by `rasa train` is named alike.
    others = sorted(file for file in models.glob("*.tar.gz") if file.name != name)
    for old in others[: len(others) - (KEPT - 1)]:
        old.unlink(missing_ok=True)
    return trained


def how_far(log: Path) -> str:
    """The last component trained, as the log has it."""
    done = TRAINED.findall(log.read_text(errors="replace"))
    return f"{done[-1]} is trained" if done else "reading the training data"


def failure(child: Child) -> str:
    """What to tell when training has failed."""
    log = child.log.read_text(errors="replace")
    if "No space left on device" in log:
        return "The disk is full, so the model could not be written. Free some space, then run this again."
    return (
        f"Training failed.\n  The end of {child.log}:\n{child.last_lines()}\n"
        "  Mend what it names (`make validate` checks the training data), then run this again."
    )


def main() -> int:
    """Trains if need be."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    arguments = parser.parse_args()
    stop_on_signals()
    began = time.monotonic()
    model = up_to_date_model(read_settings(), force=arguments.force)
    print(f"The model is up to date: models/{model.name} ({time.monotonic() - began:.1f} s)", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run_command(main)
