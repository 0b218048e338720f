"""Topics, training phrases, rules and concepts fit together: what can be asked is taught and answered."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from actions.trial import read_trial
from understanding import sentence_vectors, topics
from understanding.concepts import read_lexicon
from understanding.topics import Guess, TopicModel

ROOT = Path(__file__).resolve().parent.parent
TRIAL = read_trial()
LANGUAGES = TRIAL.languages
#: Rasa's own name for what was not understood.
NOT_UNDERSTOOD = "nlu_fallback"
#: Replies, not things to ask: no intent leads to them.
REPLIES_ONLY = {"unclear", "too_long"}
FEWEST_PHRASES = 20
#: Kinds of danger of the safety gate, which `for` may name beside concepts.
DANGERS = {"self_harm", "medical"}
#: “the other group” is turned into one of the groups before an answer is looked for.
TURNED = {"group_other"}


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


DOMAIN = read(ROOT / "domain.yml")
LINKS = read(ROOT / "trial" / "concepts.yml")


def phrases(language: str) -> Iterator[tuple[str, str | None, str]]:
    """Every training phrase of a language, with its intent and, for an entry rule, the rule's id."""
    for path in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
        for block in read(path).get("nlu", []):
            if "intent" not in block:
                continue
            rule = (block.get("metadata") or {}).get("criterion")
            for line in block["examples"].splitlines():
                if line.strip():
                    yield block["intent"], rule, line.strip().removeprefix("- ").strip()


@lru_cache
def lexicon(language: str) -> Mapping[str, Mapping[str, Any]]:
    return read_lexicon(ROOT / "lexicon", ROOT / "trial", language)


def intents_in_rules() -> Counter[str]:
    """How often each intent leads to an action."""

    def named(step: Any) -> Iterator[str]:
        if isinstance(step, Mapping):
            if "intent" in step:
                yield step["intent"]
            for part in step.get("or", []):
                yield from named(part)

    return Counter(
        intent
        for path in (ROOT / "data" / "rules").glob("*.yml")
        for rule in read(path)["rules"]
        for step in rule["steps"]
        for intent in named(step)
    )


def test_intents_are_topics() -> None:
    """Every topic is an intent and every intent a topic; only what was not understood has Rasa's own name."""
    assert set(DOMAIN["intents"]) == (set(TRIAL.topics) - REPLIES_ONLY) | {NOT_UNDERSTOOD}
    assert len(DOMAIN["intents"]) == len(set(DOMAIN["intents"]))


def test_every_intent_leads_somewhere() -> None:
    """Each intent stands in a rule, and no rule waits for one that does not exist."""
    assert set(intents_in_rules()) == set(DOMAIN["intents"])


def test_topics_have_known_kinds_and_sources() -> None:
    """A topic's kind is one of those a reply may have, and an answer rests on a source."""
    kinds = {
        "answer",
        "not_in_sources",
        "medical_advice",
        "emergency",
        "out_of_scope",
        "unclear",
        "service",
        "smalltalk",
        "follow_up",
    }
    for topic in TRIAL.topics.values():
        assert topic.kind in kinds, topic.name
        assert set(topic.sources) <= {"registry", "publication", "background"}, topic.name
        assert bool(topic.sources) == (topic.kind == "answer" and topic.name != "criterion"), topic.name
        assert topic.criterion is None or topic.criterion in TRIAL.criteria


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_is_taught(language: str) -> None:
    """Every intent has at least twenty training phrases; what was not understood is never taught."""
    count = Counter(intent for intent, _, _ in phrases(language))
    assert set(count) == set(TRIAL.topics) - REPLIES_ONLY
    assert {intent: times for intent, times in count.items() if times < FEWEST_PHRASES} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_taught(language: str) -> None:
    """The questions about single entry rules name their rule, and every rule is asked about."""
    rules = {rule for intent, rule, _ in phrases(language) if intent == "criterion"}
    assert rules == set(TRIAL.criteria)
    assert [intent for intent, rule, _ in phrases(language) if rule and intent != "criterion"] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_means_one_thing(language: str) -> None:
    """No phrase is taught under two intents or two rules."""
    taught: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    for intent, rule, phrase in phrases(language):
        taught[" ".join(phrase.lower().split())].append((intent, rule))
    assert {phrase: under for phrase, under in taught.items() if len(set(under)) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_linked_concepts_exist(language: str) -> None:
    """Every concept that bears on a rule is in the lexicon of every language, and the rule exists."""
    assert [concept for concept in LINKS if concept not in lexicon(language)] == []
    for concept, link in LINKS.items():
        assert link, concept
        assert set(link) <= {"criterion", "hint", "other_drug", "other_trial", "study_drug"}, concept
        for how in ("criterion", "hint"):
            rules = link.get(how, [])
            for rule in [rules] if isinstance(rules, str) else rules:
                assert rule in TRIAL.criteria, f"{concept}: {rule}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_concept(language: str) -> None:
    """Each entry rule is found by some concept, not by statistics alone."""
    linked = {
        rule
        for link in LINKS.values()
        for how in ("criterion", "hint")
        for rule in ([link[how]] if isinstance(link.get(how), str) else link.get(how, []))
    }
    assert set(TRIAL.criteria) - linked == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_narrower_answers_are_found(language: str) -> None:
    """Every concept that an answer is narrowed by is in the lexicon, or is what a follow-up question speaks of."""
    texts = TRIAL.texts[language]
    followed = {line.get("concept") for lines in TRIAL.follow_ups.values() for line in lines}
    narrowed = [
        (name, concept)
        for file in (texts.answers, texts.criteria)
        for name, entry in file.items()
        for concept in entry.get("for", {})
        if concept not in lexicon(language) and concept not in {*DANGERS, *followed}
    ]
    assert narrowed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_are_entities(language: str) -> None:
    """Every kind of concept is an entity of the domain, and no entity is left without a concept."""
    entities = {next(iter(entity)) if isinstance(entity, Mapping) else entity for entity in DOMAIN["entities"]}
    kinds = {entry["kind"] for entry in lexicon(language).values()}
    assert kinds - entities == set()
    assert entities - kinds - {"criterion"} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_concept_has_one_kind(language: str) -> None:
    """A concept that stands in several files has the same kind in each."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "lexicon" / language / "concepts").glob("*.yml"):
        for name, entry in read(path).items():
            kinds[name].add(entry["kind"])
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_premise_is_answered(language: str) -> None:
    """Every wrong premise that is recognised is put right by some answer, or is answered anyway."""
    told = {concept for entry in TRIAL.texts[language].answers.values() for concept in entry.get("for", {})}
    premises = {name for name in lexicon(language) if name.startswith("premise_")}
    # “Is it still open?” is answered “No” whatever is taken for granted.
    assert premises - told - {"premise_still_open"} == set()


# The model that learns the topics

TAUGHT = [
    ("how much did they take", ["kind:drug"], "dose"),
    ("how many milligrams a day", [], "dose"),
    ("what was the daily amount", [], "dose"),
    ("where did it take place", [], "sites"),
    ("which hospitals were in it", ["place"], "sites"),
    ("in which towns was it", ["place"], "sites"),
]


@pytest.fixture(scope="module")
def model() -> TopicModel:
    """A model of two topics."""
    texts, marks, taught = zip(*TAUGHT, strict=True)
    return TopicModel.train(sentence_vectors.shared(), texts, marks, taught)


def test_topics_are_learnt(model: TopicModel) -> None:
    """A question in other words is given its topic, the likeliest first."""
    dose, sites = model.read(["how many mg were they given", "what hospital was it done at"], [[], []])
    assert (dose[0].topic, sites[0].topic) == ("dose", "sites")
    assert dose[0].confidence > dose[1].confidence


def confidence(guesses: Sequence[Guess], topic: str) -> float:
    return next(guess.confidence for guess in guesses if guess.topic == topic)


def test_marks_weigh(model: TopicModel) -> None:
    """A named place speaks for a question about places; a mark that was never taught changes nothing."""
    plain, marked, unknown = model.read(["and there?"] * 3, [[], ["place"], ["no_such_mark"]])
    assert confidence(marked, "sites") > confidence(plain, "sites")
    assert confidence(unknown, "sites") == pytest.approx(confidence(plain, "sites"), abs=1e-5)


def test_something_else_altogether(model: TopicModel) -> None:
    """A taught phrase points strongly to its topic; what is like nothing that was taught points to none."""
    taught, strange = model.read([TAUGHT[0][0], "my cat likes yoghurt"], [TAUGHT[0][1], []])
    assert taught[0].confidence > 0.7
    assert strange[0].confidence < 0.5


def test_only_the_likeliest_are_given(model: TopicModel) -> None:
    """No more guesses are given than were asked for."""
    assert len(model.read(["how much"], [[]], most=1)[0]) == 1


def test_saved_and_loaded(model: TopicModel, tmp_path: Path) -> None:
    """A saved model reads as it did before, and its files hold nothing that can run."""
    model.save(tmp_path)
    loaded = TopicModel.load(tmp_path, sentence_vectors.shared())
    texts, marks = ["how much was it", "which town"], [["kind:drug"], ["place"]]
    for before, after in zip(model.read(texts, marks), loaded.read(texts, marks), strict=True):
        assert [guess.topic for guess in after] == [guess.topic for guess in before]
        assert [guess.confidence for guess in after] == pytest.approx([guess.confidence for guess in before], abs=5e-3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["topics.json", "topics.npz"]
    with np.load(tmp_path / "topics.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind == "f" for name in arrays)


# How the topics are learnt


def likeness(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Phrases as they might be, some of them the same, and what is wanted of each."""
    random = np.random.default_rng(1)
    phrases = random.normal(size=(count, 20)).astype(np.float32) / 4
    phrases[: count // 10] = phrases[-1]
    return phrases, np.eye(5, dtype=np.float32)[random.integers(5, size=count)]


def test_the_regression_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt step by step from a sample of the phrases is what a direct solution gives."""
    phrases, wanted = likeness(600)
    alike = topics.alike(phrases, phrases, (phrases**2).sum(axis=1)).numpy()
    exact = np.linalg.solve(alike + topics.ALPHA * np.eye(len(alike)), wanted)
    monkeypatch.setattr(topics, "LANDMARKS", 80)
    monkeypatch.setattr(topics, "BLOCK", 70)
    monkeypatch.setattr(topics, "PRECISION", 1e-3)
    assert alike @ topics.ridge(phrases, wanted) == pytest.approx(alike @ exact, abs=0.02)


def test_fewer_phrases_than_the_sample() -> None:
    """A few phrases are learnt as well as many."""
    phrases, wanted = likeness(30)
    alike = topics.alike(phrases, phrases, (phrases**2).sum(axis=1)).numpy()
    exact = np.linalg.solve(alike + topics.ALPHA * np.eye(len(alike)), wanted)
    assert alike @ topics.ridge(phrases, wanted) == pytest.approx(alike @ exact, abs=0.05)


@pytest.mark.parametrize("count", [1, 9])
def test_how_alike(count: int) -> None:
    """Whether few or many texts are compared, they are as alike as their distance says, and each like itself."""
    phrases, _ = likeness(600)
    found = topics.alike(phrases[:count], phrases, (phrases**2).sum(axis=1)).numpy()
    distances = ((phrases[:count, None] - phrases[None]) ** 2).sum(axis=2)
    assert found == pytest.approx(np.exp(-topics.GAMMA * distances), abs=1e-5)
    assert found.diagonal() == pytest.approx(np.ones(count), abs=1e-5)
