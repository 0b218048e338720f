"""Training happens only when something has changed; a model is complete and genuine, or it is not there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import train
from scripts.settings import HOME, Settings, Trouble

#: Stands in for Rasa: writes a model where it is told to.
TRAINER = (
    "import pathlib, sys, time; out = pathlib.Path(sys.argv[1]) / 'model.tar.gz';"
    "print(\"Finished training component 'understanding.components.QuestionClassifier'.\", flush=True);"
    "out.write_bytes(str(time.time_ns()).encode())"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small project."""
    for name, text in {
        "config.yml": "recipe: default.v1\n",
        "domain.yml": "intents: [dose]\n",
        "uv.lock": "",
        "data/nlu/en/treatment.yml": "nlu: []\n",
        "lexicon/en/clauses.yml": "{}\n",
        "understanding/topics.py": "",
        "trial/topics.yml": "{}\n",
        "trial/en/glossary.yml": "{}\n",
        "trial/en/answers.yml": "{}\n",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets what stands in for Rasa."""

    def stand_in(program: str) -> None:
        def command(*arguments: str, discreet: bool = True) -> list[str]:
            return [sys.executable, "-c", program, arguments[arguments.index("--out") + 1]]

        monkeypatch.setattr(train, "child_command", command)

    stand_in(TRAINER)
    return stand_in


@pytest.fixture
def model(home: Path, trainer: Callable[[str], None]) -> Callable[[], Path]:
    """Gives the model to serve, trained if need be."""
    return lambda: train.up_to_date_model(Settings(folder=home / "var"), home)


def test_nothing_changed_nothing_is_trained(model: Callable[[], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """The first time there is no model; the second time the same one is served, without a word."""
    first = model()
    told = capsys.readouterr().out
    assert "Training the assistant: there is no model yet." in told
    assert "QuestionClassifier is trained" in told
    assert model() == first
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "changed", ["config.yml", "data/nlu/en/treatment.yml", "lexicon/en/clauses.yml", "trial/en/glossary.yml"]
)
def test_what_has_changed_is_trained_and_named(
    home: Path, model: Callable[[], Path], changed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A changed file that understanding reads leads to a training, and is named."""
    first = model()
    (home / changed).write_text("# changed\n")
    assert model().read_bytes() != first.read_bytes()
    assert f"Training the assistant: changed since the last time: {changed}." in capsys.readouterr().out


def test_a_file_that_has_gone_or_come_counts(home: Path, model: Callable[[], Path]) -> None:
    """A new file and a removed one are changes."""
    first = model()
    new = home / "lexicon" / "it" / "clauses.yml"
    new.parent.mkdir()
    new.touch()
    second = model()
    assert second.read_bytes() != first.read_bytes()
    new.unlink()
    assert model().read_bytes() != second.read_bytes()


def test_texts_of_answers_need_no_training(home: Path, model: Callable[[], Path]) -> None:
    """The text of an answer may change without a training."""
    first = model()
    (home / "trial" / "en" / "answers.yml").write_text("dose: {}\n")
    assert model() == first


def test_a_changed_model_file_is_not_served(model: Callable[[], Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A model file that is not the one trained here is not trusted: a new one is trained."""
    first = model()
    first.write_bytes(b"something else")
    assert model().read_bytes() != b"something else"
    assert "is not the one that was trained here, so it is not trusted" in capsys.readouterr().out


def test_a_model_that_is_gone_is_trained_again(model: Callable[[], Path]) -> None:
    """Without its file, or with a note that cannot be read, there is a training."""
    first = model()
    first.unlink()
    second = model()
    assert second.is_file()
    (second.parent / "trained.json").write_text('{"model": ')
    assert model().is_file()


def test_the_last_two_models_are_kept(home: Path, model: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest model and the one before stay; older ones go."""
    names = []
    for number in range(4):
        monkeypatch.setattr("time.strftime", lambda form, number=number: f"2026010{number}-000000")
        (home / "config.yml").write_text(f"# {number}\n")
        names.append(model().name)
    assert sorted(file.name for file in (home / "models").glob("*.tar.gz")) == names[-2:]


def test_a_failed_training_leaves_the_old_model(
    home: Path, model: Callable[[], Path], trainer: Callable[[str], None]
) -> None:
    """When training fails, its log is quoted, the model before stays, and nothing half made is left."""
    first = model()
    (home / "config.yml").write_text("# wrong\n")
    trainer("import sys; sys.exit('InvalidConfig: no such component')")
    with pytest.raises(Trouble, match=r"Training failed\.[^µ]*InvalidConfig: no such component[^µ]*make validate"):
        model()
    assert first.is_file()
    assert not list((home / "models").glob(".training-*"))
    trainer(TRAINER)
    assert model().is_file()


def test_a_disk_that_fills_up_while_training_is_told(model: Callable[[], Path], trainer: Callable[[str], None]) -> None:
    """When the disk is full, that is what is said."""
    trainer("import sys; sys.exit('OSError: [Errno 28] No space left on device')")
    with pytest.raises(Trouble, match="The disk is full, so the model could not be written"):
        model()


def test_what_a_killed_training_left_is_cleared_away(home: Path, model: Callable[[], Path]) -> None:
    """A half-written model of a training that was killed is no obstacle and does not stay."""
    left = home / "models" / ".training-killed"
    left.mkdir(parents=True)
    (left / "model.tar.gz").write_bytes(b"half")
    assert model().read_bytes() != b"half"
    assert not left.exists()


def test_an_interrupted_training_is_no_model(
    home: Path, model: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while training leaves no model and no process, and the next time it is trained."""

    def interrupt(log: Path) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as while_interrupted:
        while_interrupted.setattr(train, "how_far", interrupt)
        with pytest.raises(KeyboardInterrupt):
            model()
    assert [file.name for file in (home / "models").iterdir()] == [".lock"]
    assert model().is_file()


def test_one_training_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second start waits, and says so, until the training of the first has ended."""
    began = threading.Event()

    def second_start() -> None:
        with train.alone(tmp_path):
            began.set()

    second = threading.Thread(target=second_start)
    with train.alone(tmp_path):
        second.start()
        assert not began.wait(0.3)
    assert began.wait(5)
    second.join()
    assert "Waiting for a training in another terminal to end" in capsys.readouterr().out


#: Trains what is trained, on two phrases, and prints each file of the project that is opened meanwhile.
WATCHED = """
import sys
from pathlib import Path
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from understanding import components

phrases = [("how much did they take", "dose"), ("where was it", "sites")]
data = TrainingData([Message({"text": text, "intent": intent}) for text, intent in phrases])
opened = set()
sys.addaudithook(lambda event, given: opened.add(str(given[0])) if event == "open" else None)
storage = LocalModelStorage.create(Path(sys.argv[1]))
config = components.QuestionClassifier.get_default_config()
components.QuestionClassifier.create(config, storage, Resource("topics"), None).train(data)
for path in opened:
    if str(components.PROJECT) in path and ".venv" not in path:
        print("opened", Path(path).relative_to(components.PROJECT))
"""


def test_whatever_a_training_reads_is_an_ingredient(tmp_path: Path) -> None:
    """No file of the project is opened by a training that is not among what a model is made of."""
    command = [sys.executable, "-c", WATCHED, str(tmp_path)]
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
    opened = {line.split(" ", 1)[1] for line in done.stdout.splitlines() if line.startswith("opened ")}
    opened = {path for path in opened if not path.endswith((".py", ".pyc"))}
    assert {"trial/topics.yml", "trial/concepts.yml", "lexicon/places/home.tsv"} & opened
    assert opened <= train.ingredients().keys()


def test_what_only_reads_messages_is_no_ingredient() -> None:
    """A word of the safety gate or a short reply is changed without a training, and so is what reads them."""
    parts = train.ingredients()
    assert {"config.yml", "domain.yml", "uv.lock", "trial/topics.yml", "understanding/topics.py"} <= parts.keys()
    assert {"lexicon/en/clauses.yml", "lexicon/places/home.tsv"} <= parts.keys()
    for path in ("lexicon/en/emergency.yml", "lexicon/en/replies.yml", "trial/en/answers.yml", *train.READS_ONLY):
        assert (HOME / path).is_file(), path
        assert path not in parts


def test_the_note_beside_the_model_is_plain(home: Path, model: Callable[[], Path]) -> None:
    """trained.json names the model, its SHA-256, and the hash of everything it is made of."""
    made = model()
    note = json.loads((home / "models" / "trained.json").read_text())
    assert note["model"] == made.name
    assert note["sha256"] == train.sha256(made)
    assert note["ingredients"] == train.ingredients(home)
