"""What a message asks: one question or several, each with its topic, entry rule, term, concepts and place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from understanding.clauses import Clause, ClauseReader
from understanding.concepts import TERM, Concept, ConceptReader
from understanding.files import read_yaml
from understanding.marks import Marker, linked
from understanding.places import Place
from understanding.topics import Guess, TopicModel
from understanding.words import WORD, Speller, straighten

CRITERION = "criterion"
GLOSSARY = "glossary"
OUT_OF_SCOPE = "out_of_scope"
UNCLEAR = "unclear"
#: In the label of a training phrase, between the topic and the rule: “criterion/E03”.
RULE_MARK = "/"
#: A question about the rules at large is one about a single rule when the message names what that rule is about.
ELIGIBILITY = "eligibility"
EMERGENCY = "emergency"
OTHER_TRIALS = "other_trials"
NEAREST_SITE = "nearest_site"
#: The share of a message that a place's name must be, for the message to be about nothing else.
MOSTLY = 0.6
#: At most so many questions of one message are answered; more would be a wall of text.
MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Gate:
    """How sure the model must be; confidences as in ``Guess``.

    Attributes:
        confidence: least confidence of a topic to be answered.
        margin: how far it must be ahead of “not about this trial”.
        part_confidence: least confidence of a clause, to count as a question of its own.
        emergency: the lexical gate has read the message already: what it passed must look very much like one.
        short: a message of more words is not a mere “why?” or “say that again”.
    """

    confidence: float = 0.10
    margin: float = 0.06
    part_confidence: float = 0.45
    emergency: float = 0.30
    short: int = 8


@dataclass(frozen=True)
class Traits:
    """What is special about some topics: trial/topics.yml.

    Attributes:
        short: those that lean on what was said before (“why?”), which no long message does.
        of_result: those about a pre-screening.
        of_drug: those that are out of scope when asked of another drug.
    """

    short: frozenset[str] = frozenset()
    of_result: frozenset[str] = frozenset()
    of_drug: frozenset[str] = frozenset()

    @classmethod
    def load(cls, trial: Path) -> Traits:
        """Reads the traits of the trial's topics."""
        topics = read_yaml(trial / "topics.yml")
        return cls(
            frozenset(name for name, topic in topics.items() if topic["kind"] == "follow_up"),
            frozenset(name for name, topic in topics.items() if topic.get("of_result")),
            frozenset(name for name, topic in topics.items() if topic.get("of_drug")),
        )


@dataclass(frozen=True)
class Question:
    """One question of a message.

    Attributes:
        topic: a topic of trial/topics.yml.
        confidence: probability, 0 to 1.
        criterion: id of the entry rule asked about.
        term: id of the glossary term asked for.
        concepts: ids of what it speaks of.
        place: the place named.
    """

    topic: str
    confidence: float
    criterion: str | None = None
    term: str | None = None
    concepts: tuple[str, ...] = ()
    place: Place | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the tracker."""
        return {**asdict(self), "concepts": list(self.concepts)}


@dataclass(frozen=True)
class Understanding:
    """All that was understood of a message.

    Attributes:
        questions: what it asks, at least one.
        closest: the likeliest topics, to offer where nothing was understood.
        follows_on: whether it leans on the message before.
        points_back: whether it speaks of a place named before.
        asks: whether it has the form of a question.
        otherwise: what it asks if there was no pre-screening that it could be about.
        found: the concepts, where they stand.
    """

    questions: tuple[Question, ...]
    closest: tuple[str, ...]
    follows_on: bool = False
    points_back: bool = False
    asks: bool = False
    otherwise: Question | None = None
    found: tuple[Concept, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class _Part:
    """A text that is read by itself: the message, or a clause of it."""

    text: str
    clause: Clause | None
    concepts: tuple[Concept, ...]
    places: tuple[Place, ...]


class QuestionReader:
    """Reads the messages of one language."""

    def __init__(
        self,
        clauses: ClauseReader,
        concepts: ConceptReader,
        speller: Speller,
        model: TopicModel,
        marker: Marker,
        links: dict[str, dict[str, Any]],
        traits: Traits,
        gate: Gate = Gate(),
    ) -> None:
        self._clauses = clauses
        self._concepts = concepts
        self._speller = speller
        self._model = model
        self._marker = marker
        self._links = links
        self._traits = traits
        self._gate = gate

    def read(self, text: str) -> Understanding:
        """What the message asks."""
        if not WORD.search(text):
            return Understanding((Question(UNCLEAR, 1.0),), ())
        whole = self._part(text, None)
        clauses = self._clauses.divide(text)
        parts = [self._part(clause.text, clause) for clause in clauses if clause.asks and not clause.general]
        if len(clauses) < 2:
            parts = []
        halves = self._clauses.pair(text) if len(clauses) < 2 else None
        parts += [self._part(half, None) for half in halves or ()]
        readings = self._model.read(
            [self._speller.correct(straighten(part.text)) for part in (whole, *parts)],
            [self._marker(part.text, part.concepts, part.places) for part in (whole, *parts)],
        )
        named = whole.places[0] if len(whole.places) == 1 else None
        questions = [
            replace(question, place=question.place or named) for question in self._of_parts(parts, readings[1:])
        ]
        if halves and not self._are_two(questions):
            questions = []
        settled = questions and not any(clause.general for clause in clauses)
        if not settled:
            questions = [*self._of_part(whole, readings[0], self._gate.confidence), *questions]
        questions = _distinct(self._about_one_rule(questions, whole, readings[0]))[:MOST_QUESTIONS]
        if all(question.topic == OUT_OF_SCOPE for question in questions) and self._is_a_place(text):
            questions = [Question(NEAREST_SITE, self._gate.part_confidence, place=whole.places[0])]
        return Understanding(
            tuple(questions) or (Question(UNCLEAR, readings[0][0].confidence),),
            tuple(guess.topic for guess in self._likely(whole, readings[0])[:4]),
            self._clauses.follows_on(text),
            self._clauses.points_back(text),
            any(clause.asks for clause in clauses),
            self._otherwise(questions, whole, readings[0]),
            whole.concepts,
        )

    def _is_a_place(self, text: str) -> bool:
        """Whether a message is the name of a place and hardly anything else: “Canonica d'Adda?”."""
        named = sum(place.end - place.start for place in self._concepts.places(text))
        return named > MOSTLY * len(text.strip())

    def _otherwise(self, questions: list[Question], whole: _Part, guesses: Sequence[Guess]) -> Question | None:
        """“My INR was 1.8” may correct an answer; where none was given, it asks about a rule."""
        if not questions or questions[0].topic not in self._traits.of_result:
            return None
        others = [guess for guess in guesses if guess.topic not in self._traits.of_result]
        return next(iter(self._of_part(whole, others, self._gate.confidence)), None)

    def _are_two(self, questions: Sequence[Question]) -> bool:
        """Whether both halves of a sentence ask something of their own."""
        return len({question.topic for question in questions} - {OUT_OF_SCOPE, EMERGENCY, CRITERION}) == 2

    def _part(self, text: str, clause: Clause | None) -> _Part:
        concepts = self._concepts.read(text)
        places = tuple(named.place for named in self._concepts.places(text))
        return _Part(text, clause, tuple(concepts), places)

    def _of_parts(self, parts: Sequence[_Part], readings: Sequence[Sequence[Guess]]) -> Iterable[Question]:
        for part, guesses in zip(parts, readings, strict=True):
            yield from self._of_part(part, guesses, self._gate.part_confidence)

    def _of_part(self, part: _Part, guesses: Sequence[Guess], confidence: float) -> list[Question]:
        likely = self._likely(part, guesses)
        best = likely[0]
        if best.confidence < confidence:
            return []
        off_topic = next((guess.confidence for guess in likely if guess.topic == OUT_OF_SCOPE), 0.0)
        if best.confidence < off_topic + self._gate.margin:
            best = Guess(OUT_OF_SCOPE, off_topic)
        best = self._of_this_trial(best, part)
        ids = tuple(concept.id for concept in part.concepts)
        place = part.places[0] if part.places else None
        if best.topic == CRITERION:
            rules = self._rules(part.concepts, guesses)
            return [Question(CRITERION, best.confidence, rule, None, ids, place) for rule in rules]
        term = self._term(part) if best.topic == GLOSSARY else None
        return [Question(best.topic, best.confidence, None, term, ids, place)]

    def _likely(self, part: _Part, guesses: Sequence[Guess]) -> list[Guess]:
        """The topics that a text may be about, likeliest first."""
        long = len(part.text.split()) > self._gate.short
        likely = [
            guess
            for guess in _by_topic(guesses)
            if not (long and guess.topic in self._traits.short)
            and not (guess.topic == EMERGENCY and guess.confidence < self._gate.emergency)
        ]
        return likely or [Guess(UNCLEAR, 0.0)]

    def _of_this_trial(self, best: Guess, part: _Part) -> Guess:
        """Another drug's dose is not this trial's business, nor is what another trial found."""
        marked = {name for concept in part.concepts for name in self._links.get(concept.id, {})}
        if "study_drug" in marked:
            return best
        if "other_drug" in marked and best.topic in self._traits.of_drug:
            return Guess(OUT_OF_SCOPE, best.confidence)
        if "other_trial" in marked and best.topic not in (CRITERION, OUT_OF_SCOPE, EMERGENCY):
            return Guess(OTHER_TRIALS, best.confidence)
        return best

    def _about_one_rule(self, questions: list[Question], whole: _Part, guesses: Sequence[Guess]) -> list[Question]:
        """“Could she have joined?” beside a named illness asks about the rule for that illness."""
        rules = [rule for concept in whole.concepts for rule in linked(self._links, concept.id)]
        if not rules or not any(question.topic == ELIGIBILITY for question in questions):
            return questions
        ids = tuple(concept.id for concept in whole.concepts)
        confidence = max(question.confidence for question in questions if question.topic == ELIGIBILITY)
        about = [Question(CRITERION, confidence, rule, None, ids) for rule in self._rules(whole.concepts, guesses)]
        return [*about, *(question for question in questions if question.topic != ELIGIBILITY)]

    def _term(self, part: _Part) -> str | None:
        """The word asked for: the first after the question word (“in the registry, what is ECOG”), else the last."""
        terms = [concept for concept in part.concepts if concept.kind == TERM]
        asked_from = self._clauses.question_word(part.text)
        after = [concept for concept in terms if concept.start >= asked_from]
        chosen = after[0] if after else terms[-1] if terms else None
        return chosen.id.partition(":")[2] if chosen else None

    def _rules(self, concepts: Sequence[Concept], guesses: Sequence[Guess]) -> list[str]:
        """The entry rules asked about: what the concepts say, weighed with what the model says."""
        scores: dict[str, float] = {}
        sure: set[str] = set()
        for guess in guesses:
            topic, _, rule = guess.topic.partition(RULE_MARK)
            if topic == CRITERION:
                scores[rule] = guess.confidence
        for concept in concepts:
            for rank, rule in enumerate(linked(self._links, concept.id)):
                scores[rule] = scores.get(rule, 0.0) + (0.6 if rank == 0 else 0.3)
                if rank == 0:
                    sure.add(rule)
            for rule in linked(self._links, concept.id, "hint"):
                scores[rule] = scores.get(rule, 0.0) + 0.2
        ranked = sorted(scores, key=lambda rule: -scores[rule])
        return [rule for number, rule in enumerate(ranked[:2]) if number == 0 or rule in sure]


def all_topics(trial: Path) -> frozenset[str]:
    """Every topic, which a button may name: trial/topics.yml."""
    return frozenset(read_yaml(trial / "topics.yml"))


def _by_topic(guesses: Iterable[Guess]) -> list[Guess]:
    """The guesses with those about single rules made one about the rules, as strong as the strongest."""
    strongest: dict[str, float] = {}
    for guess in guesses:
        topic = guess.topic.partition(RULE_MARK)[0]
        strongest[topic] = max(strongest.get(topic, 0.0), guess.confidence)
    return sorted((Guess(topic, most) for topic, most in strongest.items()), key=lambda guess: -guess.confidence)


def _distinct(questions: Iterable[Question]) -> list[Question]:
    kept: dict[tuple[str, str | None, str | None], Question] = {}
    for question in questions:
        key = (question.topic, question.criterion, question.term)
        first = kept.setdefault(key, question)
        concepts = tuple(dict.fromkeys(first.concepts + question.concepts))
        kept[key] = replace(first, concepts=concepts, place=first.place or question.place)
    return list(kept.values())
