"""The Rasa components of the pipeline in config.yml. Each is thin: the reading itself is done by its neighbours.

`LexicalReader` reads first. What it decides (an emergency, a short reply, a message too long) is decided: the
components behind it leave such a message alone.
"""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME, INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    METADATA,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from records.reference import reference_in
from understanding import action_server, sentence_vectors
from understanding.clauses import ClauseReader
from understanding.concepts import ConceptReader, build_pipeline, language_words, lexicon_words
from understanding.emergency import EmergencyGate
from understanding.marks import Marker, read_links
from understanding.questions import (
    CRITERION,
    RULE_MARK,
    UNCLEAR,
    Question,
    QuestionReader,
    Traits,
    Understanding,
    all_topics,
)
from understanding.replies import ReplyReader
from understanding.topics import TopicModel
from understanding.words import WORD, Speller, spellable, straighten

#: The project's folder; lexicon/ and trial/ are read from it.
PROJECT = Path(__file__).resolve().parent.parent
LEXICON = PROJECT / "lexicon"
TRIAL = PROJECT / "trial"

#: Message properties that travel with the user's turn: what it asks, beside Rasa's one intent.
QUESTIONS = "questions"
DECIDED = "decided"
#: Rasa's own intent for what was not understood.
NOT_UNDERSTOOD = DEFAULT_NLU_FALLBACK_INTENT_NAME

action_server.check_results_once_built()


@lru_cache(maxsize=1)
def safety_gate() -> EmergencyGate:
    """The gate that every message goes through first, made once."""
    return EmergencyGate.load(LEXICON)


class _Component(GraphComponent):
    """What every component here shares: nothing to configure that needs checking."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Component:
        """Makes the component from its lines in config.yml."""
        return cls(config)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class LexicalReader(_Component):
    """Reads a message word for word: emergencies first, then its length, references, then short replies."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__(config)
        self._gate = safety_gate()
        self._replies = ReplyReader.load(LEXICON, config["language"])
        self._topics = all_topics(TRIAL)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The language of the short replies, and the longest message in characters."""
        return {"language": "en", "longest": 1000}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training phrases are not messages: they are left alone."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides what can be decided by the words alone."""
        for message in messages:
            text = message.get(TEXT) or ""
            intent, questions = self._read(text)
            if questions:
                # What is no button must not reach Rasa's own handler at the end of the pipeline: it would obey a forged
                # “/restart”, and take “/help I can't breathe” for a button.
                message.set(TEXT, text.lstrip(INTENT_MESSAGE_PREFIX))
            if intent:
                message.set(INTENT, {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
                message.set(QUESTIONS, [question.as_dict() for question in questions], add_to_output=True)
                message.set(DECIDED, True, add_to_output=True)
        return messages

    def _read(self, text: str) -> tuple[str | None, list[Question]]:
        if not text.strip():
            return NOT_UNDERSTOOD, [Question(UNCLEAR, 1.0)]
        emergency = self._gate.read(text)
        if emergency:
            return "emergency", [Question("emergency", 1.0, concepts=(emergency.kind,))]
        if text.startswith(INTENT_MESSAGE_PREFIX):
            # A button: Rasa's own handler reads it at the end of the pipeline; nothing is left to understand.
            topic = text.lstrip(INTENT_MESSAGE_PREFIX).split("{")[0].strip()
            return (topic, []) if topic in self._topics else (NOT_UNDERSTOOD, [Question(UNCLEAR, 1.0)])
        if len(text) > self._config["longest"]:
            return NOT_UNDERSTOOD, [Question("too_long", 1.0)]
        if reference_in(text):
            # Whoever names what they have shared wants it deleted, or is asked whether they do.
            return "delete_data", [Question("delete_data", 1.0)]
        reply = self._replies.read(text)
        return (reply, [Question(reply, 1.0)]) if reply else (None, [])


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class QuestionClassifier(_Component):
    """Finds what a message asks: concepts by spaCy, topics by sentence vectors and a kernel ridge regression.

    The strongest question becomes the intent, the concepts become entities, and all questions travel along as
    `questions`, because a message may ask two things.
    """

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        reader: QuestionReader | None = None,
    ) -> None:
        super().__init__(config)
        self._storage = model_storage
        self._resource = resource
        self._reader = reader

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The language that is read."""
        return {"language": "en"}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Makes the untrained component."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Builds the spaCy pipeline, learns the topics, and stores both inside the model."""
        language = self._config["language"]
        nlp = build_pipeline(LEXICON, TRIAL, language)
        known = language_words(nlp)
        concepts = ConceptReader.load(nlp, LEXICON, TRIAL, language, known)
        marker = Marker.load(LEXICON, TRIAL, language)
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [straighten(example.get(TEXT)) for example in examples]
        counts = Counter(word.lower() for text in texts for word in WORD.findall(text))
        counts.update(lexicon_words(LEXICON, TRIAL, language))
        taught = spellable(counts, known)
        speller = Speller(taught, known)
        corrected = [speller.correct(text) for text in texts]
        vectors = sentence_vectors.shared()
        with ThreadPoolExecutor(1) as aside:
            # The vectors are worked out in TensorFlow, which leaves Python free to find the concepts meanwhile.
            meanings = aside.submit(vectors, corrected)
            found = [
                marker(text, concepts.read(text), [named.place for named in concepts.places(text)]) for text in texts
            ]
        labels = [label(example) for example in examples]
        model = TopicModel.train(vectors, corrected, found, labels, meanings.result())
        with self._storage.write_to(self._resource) as folder:
            nlp.to_disk(folder / "concepts")
            model.save(folder)
            words = {"taught": taught, "known": sorted(known)}
            (folder / "words.json").write_text(json.dumps(words), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """Reads the component from the model."""
        language = config["language"]
        with model_storage.read_from(resource) as folder:
            nlp = spacy.load(folder / "concepts")
            words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
            model = TopicModel.load(folder, sentence_vectors.shared())
        known = frozenset(words["known"])
        reader = QuestionReader(
            ClauseReader.load(LEXICON, language),
            ConceptReader.load(nlp, LEXICON, TRIAL, language, known),
            Speller(words["taught"], known),
            model,
            Marker.load(LEXICON, TRIAL, language),
            read_links(TRIAL),
            Traits.load(TRIAL),
            explained=safety_gate().sees_a_sign,
        )
        return cls(config, model_storage, resource, reader)

    def process(self, messages: list[Message]) -> list[Message]:
        """Sets intent, ranking, entities and questions of every message that is not decided yet."""
        for message in messages:
            if not message.get(DECIDED) and self._reader and message.get(TEXT):
                _set(message, self._reader.read(message.get(TEXT)))
        return messages


def _set(message: Message, understood: Understanding) -> None:
    first = understood.questions[0]
    name = NOT_UNDERSTOOD if first.topic == UNCLEAR else first.topic
    intent = {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: first.confidence}
    message.set(INTENT, intent, add_to_output=True)
    message.set(QUESTIONS, [question.as_dict() for question in understood.questions], add_to_output=True)
    message.set("closest", list(understood.closest), add_to_output=True)
    message.set("follows_on", understood.follows_on, add_to_output=True)
    message.set("points_back", understood.points_back, add_to_output=True)
    message.set("asks", understood.asks, add_to_output=True)
    if understood.otherwise:
        message.set("otherwise", understood.otherwise.as_dict(), add_to_output=True)
    entities = [
        {
            ENTITY_ATTRIBUTE_TYPE: concept.kind,
            ENTITY_ATTRIBUTE_VALUE: concept.id,
            ENTITY_ATTRIBUTE_START: concept.start,
            ENTITY_ATTRIBUTE_END: concept.end,
        }
        for concept in understood.found
    ]
    message.set(ENTITIES, entities, add_to_output=True)


def label(example: Message) -> str:
    """The topic of a training phrase; with its entry rule, which stands in the metadata, where it is about one."""
    intent: str = example.get(INTENT)
    rule = ((example.get(METADATA) or {}).get(INTENT) or {}).get(CRITERION)
    return f"{intent}{RULE_MARK}{rule}" if rule else intent
