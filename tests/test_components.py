"""Rasa's components: what the words alone decide is decided; the rest is read as questions."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.formats import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from understanding.components import DECIDED, NOT_UNDERSTOOD, PROJECT, QUESTIONS, LexicalReader, QuestionClassifier
from understanding.importer import PhraseImporter, read_phrases

TAUGHT = """
version: "3.1"
nlu:
- intent: dose
  examples: |
    - how much did they take
    - what was the dose
    - how many milligrams a day
- intent: sites
  examples: |
    - where did it take place
    - which hospitals were in it
    - was there a centre in Lecce
- intent: criterion
  metadata: {criterion: I14}
  examples: |
    - I take warfarin
    - were blood thinners allowed
- intent: criterion
  metadata: {criterion: E09}
  examples: |
    - I am on dialysis
    - was dialysis a reason to be left out
- intent: out_of_scope
  examples: |
    - tell me a joke
    - will it rain tomorrow
"""


@pytest.fixture(scope="module")
def lexical() -> LexicalReader:
    """The component that reads word for word, as config.yml sets it up."""
    return LexicalReader(LexicalReader.get_default_config())


def read(component: LexicalReader | QuestionClassifier, text: str) -> Message:
    (message,) = component.process([Message({TEXT: text})])
    return message


def intent_of(message: Message) -> Any:
    return (message.get(INTENT) or {}).get("name")


def topics_of(message: Message) -> list[str]:
    return [question["topic"] for question in message.get(QUESTIONS) or []]


@pytest.mark.parametrize(
    ("text", "intent", "topics"),
    [
        ("I can't breathe", "emergency", ["emergency"]),
        ("non riesco a respirare", "emergency", ["emergency"]),
        ("Thank you!", "thanks", ["thanks"]),
        ("why?", "why", ["why"]),
        ("a" * 1001, NOT_UNDERSTOOD, ["too_long"]),
        ("", NOT_UNDERSTOOD, ["unclear"]),
        ("   ", NOT_UNDERSTOOD, ["unclear"]),
    ],
)
def test_decided(lexical: LexicalReader, text: str, intent: str, topics: list[str]) -> None:
    """Emergencies in every language, short replies, empty and overlong messages are decided here."""
    message = read(lexical, text)
    assert intent_of(message) == intent
    assert topics_of(message) == topics
    assert message.get(DECIDED)
    assert message.get(INTENT)["confidence"] == 1.0


@pytest.mark.parametrize("text", ["What was the dose?", "a" * 1000, "I had a heart attack in 2009"])
def test_left_open(lexical: LexicalReader, text: str) -> None:
    """Everything else is left to be read as a question."""
    message = read(lexical, text)
    assert not message.get(DECIDED)
    assert intent_of(message) is None


def test_an_emergency_goes_before_all_else(lexical: LexicalReader) -> None:
    """An emergency is seen in a message that is too long, and in one that looks like a button."""
    assert intent_of(read(lexical, "It is a long story. " * 60 + "I cannot breathe.")) == "emergency"
    message = read(lexical, "/I cannot breathe")
    assert intent_of(message) == "emergency"
    # Rasa's own handler, at the end of the pipeline, would take it for a button.
    assert not message.get("text").startswith("/")


def test_the_kind_of_danger(lexical: LexicalReader) -> None:
    """The kind of danger travels along: self-harm is answered in other words."""
    (question,) = read(lexical, "I want to kill myself").get(QUESTIONS)
    assert question["concepts"] == ["self_harm"]


@pytest.mark.parametrize("text", ["/dose", '/criterion{"criterion": "I14"}'])
def test_buttons(lexical: LexicalReader, text: str) -> None:
    """A button is left to Rasa, which reads what it carries."""
    message = read(lexical, text)
    assert message.get(DECIDED)
    assert message.get(TEXT) == text
    assert topics_of(message) == []


@pytest.mark.parametrize("text", ["/nonsense", "/restart", "/session_start", "/back", "/", "/dose and more"])
def test_forged_buttons(lexical: LexicalReader, text: str) -> None:
    """A button of no topic is not understood, and is kept from Rasa, which would obey its own commands."""
    message = read(lexical, text)
    assert intent_of(message) == NOT_UNDERSTOOD
    assert topics_of(message) == ["unclear"]
    assert not message.get(TEXT).startswith("/")


def test_training_phrases_are_left_alone(lexical: LexicalReader) -> None:
    """Reading word for word is not for training phrases."""
    data = RasaYAMLReader().reads(TAUGHT)
    assert lexical.process_training_data(data) is data
    assert all(not example.get(DECIDED) for example in data.intent_examples)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> QuestionClassifier:
    """A classifier trained on a few phrases, stored, and loaded again."""
    storage = LocalModelStorage(tmp_path_factory.mktemp("storage"))
    resource, context = Resource("questions"), ExecutionContext(GraphSchema({}))
    config = QuestionClassifier.get_default_config()
    classifier = QuestionClassifier.create(config, storage, resource, context)
    assert classifier.train(RasaYAMLReader().reads(TAUGHT)) == resource
    return QuestionClassifier.load(config, storage, resource, context)


def test_a_question_is_read(trained: QuestionClassifier) -> None:
    """The strongest question is the intent, its concepts are entities, and all questions travel along."""
    message = read(trained, "What was the dose of sorafenib?")
    assert intent_of(message) == "dose"
    assert topics_of(message) == ["dose"]
    drugs = [entity for entity in message.get(ENTITIES) if entity["entity"] == "drug"]
    assert [(entity["value"], entity["start"], entity["end"]) for entity in drugs] == [("sorafenib", 21, 30)]


def test_two_questions_are_read(trained: QuestionClassifier) -> None:
    """Of two questions the first is the intent; both travel along."""
    message = read(trained, "What was the dose? Where did it take place?")
    assert intent_of(message) == "dose"
    assert topics_of(message) == ["dose", "sites"]


def test_a_rule_is_read(trained: QuestionClassifier) -> None:
    """A rule is learnt by its id, which the training data keep beside the phrases."""
    message = read(trained, "were people on dialysis left out")
    assert intent_of(message) == "criterion"
    assert [question["criterion"] for question in message.get(QUESTIONS)] == ["E09"]


def test_a_place_is_read(trained: QuestionClassifier) -> None:
    """A town travels along with where it lies."""
    (question,) = read(trained, "was there a centre in Brescia").get(QUESTIONS)
    assert question["place"]["name"] == "Brescia"


def test_nonsense_is_not_understood(trained: QuestionClassifier) -> None:
    """What is like nothing that was taught is not understood, or not about the trial."""
    assert intent_of(read(trained, "xyzzy plugh frobnicate")) in (NOT_UNDERSTOOD, "out_of_scope")


def test_what_is_decided_stays(trained: QuestionClassifier, lexical: LexicalReader) -> None:
    """What the words alone decided is not read again."""
    (message,) = trained.process(lexical.process([Message({TEXT: "I can't breathe"})]))
    assert intent_of(message) == "emergency"
    assert topics_of(message) == ["emergency"]


def test_untrained_it_reads_nothing(tmp_path: Path) -> None:
    """Before training nothing is decided."""
    storage = LocalModelStorage(tmp_path)
    config = QuestionClassifier.get_default_config()
    classifier = QuestionClassifier.create(config, storage, Resource("x"), ExecutionContext(GraphSchema({})))
    assert intent_of(read(classifier, "What was the dose?")) is None
    shutil.rmtree(tmp_path)


# Reading the training phrases


def test_phrases_are_read_as_rasa_reads_them() -> None:
    """The quick reader finds in all files what Rasa's own reader finds, which also checks them against its schema."""
    where = (str(PROJECT / "config.yml"), str(PROJECT / "domain.yml"), [str(PROJECT / "data")])
    found, expected = PhraseImporter(*where).get_nlu_data(), RasaFileImporter(*where).get_nlu_data()
    assert [phrase.data for phrase in found.training_examples] == [phrase.data for phrase in expected.training_examples]
    assert found.fingerprint() == expected.fingerprint()


def test_phrases_are_read_once(tmp_path: Path) -> None:
    """What was read is kept, and a phrase that is copied is still the phrase."""
    (tmp_path / "nlu.yml").write_text(TAUGHT, encoding="utf-8")
    importer = PhraseImporter("config.yml", "domain.yml", [str(tmp_path)])
    assert importer.get_nlu_data() is importer.get_nlu_data()
    merged = importer.get_nlu_data().merge(TrainingData())
    assert merged.training_examples[0] is importer.get_nlu_data().training_examples[0]


def test_other_training_data_is_refused(tmp_path: Path) -> None:
    """What is no phrase of an intent, such as a synonym, is named, not passed over."""
    file = tmp_path / "nlu.yml"
    file.write_text('version: "3.1"\nnlu:\n- synonym: dose\n  examples: |\n    - amount\n', encoding="utf-8")
    with pytest.raises(ValueError, match="only an intent with its examples"):
        list(read_phrases(str(file)))
