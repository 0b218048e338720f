"""What a message asks: one question or several, each with its topic, entry rule, term, concepts and place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from understanding.clauses import Clause, ClauseReader, Leaning
from understanding.concepts import PERSON, TERM, Concept, ConceptReader
from understanding.context import Context
from understanding.files import read_yaml
from understanding.marks import Marker, linked
from understanding.places import NamedPlace, Place
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
MEDICAL_ADVICE = "medical_advice"
GREET = "greet"
#: Topics that make no question of their own out of a part of a message.
NOT_OWN = {OUT_OF_SCOPE, UNCLEAR}
#: Kinds of concepts that, named alone, narrow a question and ask nothing.
NARROWING = ("group", "time_point", "drug")
#: Kinds of concepts that a pronoun in the clause after may stand for.
STOOD_FOR = (TERM, "drug", "lab", "illness", "treatment", "circumstance", "symptom")
#: Kinds of concepts that are something whatever the trial; what they are is no question about its rules.
NAMED = ("illness", "lab", "treatment", "symptom")
#: The share of a message that a place's name must be, for the message to be about nothing else.
MOSTLY = 0.6
#: At most so many questions of one message are answered; more would be a wall of text.
MOST_QUESTIONS = 3
#: So many of the likeliest topics are weighed against what was said before.
MOST_RIVALS = 8


@dataclass(frozen=True)
class Gate:
    """How sure the model must be; confidences as in ``Guess``.

    Attributes:
        confidence: least confidence of a topic to be answered.
        margin: how far it must be ahead of “not about this trial”.
        clause_confidence: least confidence of a clause that has the form of a question …
        ahead_confidence: … or of one that is well ahead,
        lead: which is so many times as likely as the next.
        part_confidence: least confidence of an item of a list, to count as a question of its own.
        run_confidence: least confidence of each of several questions that run on without a mark.
        own_topic: so sure, “what is …?” asks about the trial, not for the meaning of a word.
        emergency: least confidence that a message which the safety gate let pass is an emergency all the same.
        danger: so sure of an emergency, it is one even where the safety gate took the words for harmless.
        near: how near an emergency must come to the likeliest topic, as a share of its confidence.
        sure: least confidence of a wish that cannot be undone.
        off_topic: from here on, what is not about this trial is not, whatever single word it names.
        out_of_a_story: so many times as sure as a message is not about this trial, a clause of it is all the same.
        elsewhere: from here on it is not even if it speaks of joining beside something that a rule is about.
        short: a message of more words is not a mere “why?” or “say that again”.
    """

    confidence: float = 0.10
    margin: float = 0.06
    clause_confidence: float = 0.40
    ahead_confidence: float = 0.30
    lead: float = 1.6
    part_confidence: float = 0.45
    run_confidence: float = 0.45
    own_topic: float = 0.8
    emergency: float = 0.32
    danger: float = 0.5
    near: float = 0.6
    sure: float = 0.7
    off_topic: float = 0.45
    out_of_a_story: float = 1.3
    elsewhere: float = 0.6
    short: int = 8


@dataclass(frozen=True)
class Traits:
    """What is special about some topics: trial/topics.yml.

    Attributes:
        short: those that lean on what was said before (“why?”), which no long message does.
        of_result: those about a pre-screening.
        of_drug: those that are out of scope when asked of another drug.
        places: those that a town narrows: of two towns, each is a question of its own.
        unless_sure: those that are done only where the wish is plain, each with the topic to answer in its place.
    """

    short: frozenset[str] = frozenset()
    of_result: frozenset[str] = frozenset()
    of_drug: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    unless_sure: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, trial: Path) -> Traits:
        """Reads the traits of the trial's topics."""
        topics = read_yaml(trial / "topics.yml")
        return cls(
            frozenset(name for name, topic in topics.items() if topic["kind"] == "follow_up"),
            frozenset(name for name, topic in topics.items() if topic.get("of_result")),
            frozenset(name for name, topic in topics.items() if topic.get("of_drug")),
            frozenset(name for name, topic in topics.items() if topic.get("places")),
            {name: topic["unless_sure"] for name, topic in topics.items() if "unless_sure" in topic},
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
        context: how it leans on what was said before, if it does.
    """

    topic: str
    confidence: float
    criterion: str | None = None
    term: str | None = None
    concepts: tuple[str, ...] = ()
    place: Place | None = None
    context: Context | None = None

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
    leaning: Leaning | None = None

    @property
    def general(self) -> bool:
        """Whether it is a clause that is only clear from what stands beside it."""
        return self.clause is not None and self.clause.general


#: What the model says of each part, by the part's identity.
Readings = dict[int, list[Guess]]


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
        explained: Callable[[str], bool] = lambda text: False,
    ) -> None:
        """Puts the reader together.

        Args:
            explained: whether the safety gate saw a sign of danger in a text that it let pass.
        """
        self._clauses = clauses
        self._concepts = concepts
        self._speller = speller
        self._model = model
        self._marker = marker
        self._links = links
        self._traits = traits
        self._gate = gate
        self._explained = explained

    def read(self, text: str) -> Understanding:
        """What the message asks."""
        if not WORD.search(text):
            return Understanding((Question(UNCLEAR, 1.0),), ())
        whole = self._part(text, None)
        clauses = self._clauses.divide(text)
        asking = [clause for clause in clauses if clause.asks]
        parts = [self._part(clause.text, clause) for clause in asking if len(clauses) > 1]
        items = [self._part(item, None) for item in (self._clauses.items(text) if len(clauses) < 2 else ())]
        runs = [[self._part(run, clause) for run in self._clauses.runs(clause.text)] for clause in asking]
        runs = [run if len(run) > 1 else [] for run in runs]
        everything = [whole, *parts, *items, *(part for run in runs for part in run)]
        # One batch: the vectors are what takes time. (A clause that leans on a name in another is read once more.)
        readings = dict(
            zip(
                map(id, everything),
                self._model.read(
                    [self._speller.correct(straighten(part.text)) for part in everything],
                    [self._marker(part.text, part.concepts, part.places) for part in everything],
                ),
                strict=True,
            )
        )
        of_whole = readings[id(whole)]
        danger = self._danger(whole, of_whole, [readings[id(part)] for part in parts])
        if danger:
            return danger
        together = self._of_part(whole, of_whole, self._gate.confidence)
        elsewhere = self._surely_elsewhere(whole, together)
        questions: list[Question] = []
        settled = True
        for number, (part, run) in enumerate(zip(parts or [whole] * len(asking), runs, strict=True)):
            found = self._of_run(run, readings)
            if not found and part is not whole:
                found = self._of_clause(part, readings[id(part)], number > 0)
                found = found or self._of_clause_named_in_full(part, clauses)
                found = found or (self._of_joining(part) if len(parts) > 1 else [])
            found = [question for question in found if question.confidence >= elsewhere]
            questions += found
            settled = settled and bool(found or not part.general)
        if items and not questions and len(together) < 2:
            questions = self._of_items(items, readings, of_whole[0].confidence)
        questions = self._lent_a_place(questions, whole)
        if not settled or all(question.topic == UNCLEAR for question in questions):
            questions = [*together, *questions]
        questions = _distinct(self._about_one_rule(questions, whole, of_whole), self._traits.places)[:MOST_QUESTIONS]
        if all(question.topic == OUT_OF_SCOPE and question.confidence < self._gate.off_topic for question in questions):
            questions = self._named_alone(text, whole, of_whole) or questions
        questions = [self._only_if_sure(question) for question in questions]
        questions = self._greeting_last(text, questions)
        return Understanding(
            tuple(questions) or (Question(UNCLEAR, of_whole[0].confidence),),
            tuple(guess.topic for guess in self._likely(whole, of_whole)[:4]),
            self._clauses.follows_on(text),
            self._clauses.points_back(text),
            any(clause.asks for clause in clauses),
            self._otherwise(questions, whole, of_whole),
            whole.concepts,
        )

    def _surely_elsewhere(self, whole: _Part, together: Sequence[Question]) -> float:
        """How sure a clause must be to be about the trial all the same, in a message that as a whole is not: after a
        story about the bank “who do I ring?” does not ask for the trial's number. A message that names the trial is.
        """
        if not together or together[0].topic != OUT_OF_SCOPE:
            return 0.0
        names_it = self._marker.speaks_of_trial(whole.text) or any(
            "study_drug" in self._links.get(concept.id, {}) for concept in whole.concepts
        )
        return 0.0 if names_it else together[0].confidence * self._gate.out_of_a_story

    def _named_alone(self, text: str, whole: _Part, guesses: Sequence[Guess]) -> list[Question]:
        """What a message asks that names a place, or what a rule is about, and hardly anything else.

        “Canonica d'Adda?” asks for the nearest centre, “varicose veins” for the rule on them.
        """

        def most(named: Iterable[Concept | NamedPlace]) -> bool:
            return sum(one.end - one.start for one in named) > MOSTLY * len(text.strip())

        if most(self._concepts.places(text)):
            return [Question(NEAREST_SITE, self._gate.part_confidence, place=whole.places[0])]
        ruled = [concept for concept in whole.concepts if linked(self._links, concept.id)]
        longest = {(concept.start, concept.end): concept for concept in ruled}
        if not most(longest.values()):
            return []
        ids = tuple(concept.id for concept in whole.concepts)
        rules = self._rules(whole.concepts, guesses)[:1]
        return [Question(CRITERION, self._gate.part_confidence, rule, None, ids) for rule in rules]

    def _only_if_sure(self, question: Question) -> Question:
        """What cannot be undone is done only where the wish for it is plain: else it is told how to wish for it."""
        instead = self._traits.unless_sure.get(question.topic)
        return replace(question, topic=instead) if instead and question.confidence < self._gate.sure else question

    def _otherwise(self, questions: list[Question], whole: _Part, guesses: Sequence[Guess]) -> Question | None:
        """“My INR was 1.8” may correct an answer; where none was given, it asks about a rule."""
        if not questions or questions[0].topic not in self._traits.of_result:
            return None
        others = [guess for guess in guesses if guess.topic not in self._traits.of_result]
        return next(iter(self._of_part(whole, others, self._gate.confidence)), None)

    def _of_clause(self, part: _Part, guesses: Sequence[Guess], follows: bool) -> list[Question]:
        """What a clause asks; one that follows another may lean on it, however little it says: “… and how often?”."""
        likely = self._likely(part, guesses)
        ahead = len(likely) > 1 and likely[0].confidence > self._gate.lead * likely[1].confidence
        least = self._gate.ahead_confidence if ahead else self._gate.clause_confidence
        found = [] if part.general else self._of_part(part, guesses, least)
        if not found and follows and part.leaning and part.leaning.asks:
            return [Question(UNCLEAR, 0.0, context=self._context(part, part.leaning, likely))]
        return found

    def _of_clause_named_in_full(self, part: _Part, clauses: Sequence[Clause]) -> list[Question]:
        """What a clause asks of what the one before it names: “what is dialysis and would it keep me out?”."""
        before = next((one for one, other in pairwise(clauses) if other is part.clause), None)
        if before is None or any(concept.kind in STOOD_FOR for concept in part.concepts):
            return []
        named = [concept for concept in self._concepts.read(before.text) if concept.kind in STOOD_FOR]
        if not named:
            return []
        last = max(named, key=lambda concept: (concept.end, concept.end - concept.start))
        full = self._clauses.named_in_full(part.text, before.text[last.start : last.end])
        if full is None:
            return []
        meant = self._part(full, part.clause)
        [guesses] = self._model.read(
            [self._speller.correct(straighten(full))], [self._marker(full, meant.concepts, meant.places)]
        )
        # A rule that is named besides needs less.
        least = self._gate.ahead_confidence if self._named_rule(meant) else self._gate.clause_confidence
        found = self._of_part(replace(meant, leaning=None), guesses, least)
        return [question for question in found if question.topic not in NOT_OWN]

    def _of_joining(self, part: _Part) -> list[Question]:
        """“… and can my wife join?” says so little that it is hardly like anything, yet it is plain what it asks."""
        ids = tuple(concept.id for concept in part.concepts)
        asks = self._clauses.asks_to_join(part.text)
        return [Question(ELIGIBILITY, self._gate.clause_confidence, concepts=ids)] if asks else []

    def _greeting_last(self, text: str, questions: list[Question]) -> list[Question]:
        """A greeting before a question is heard, but is not what the message is about."""
        asked = [question for question in questions if question.topic != GREET]
        if not asked or any(question.topic in NOT_OWN for question in asked):
            return questions
        greeted = len(asked) < len(questions) or self._clauses.greets(text)
        return [*asked, Question(GREET, 1.0)] if greeted else asked

    def _of_run(self, run: Sequence[_Part], readings: Readings) -> list[Question]:
        """What is asked by questions that run on, if each of them asks something of its own."""
        found = [self._of_part(part, readings[id(part)], self._gate.run_confidence) for part in run]
        topics = {question.topic for questions in found for question in questions}
        own = all(found) and len(topics) == len(run) and not topics & NOT_OWN
        return [question for questions in found for question in questions] if own else []

    def _of_items(self, items: Sequence[_Part], readings: Readings, together: float) -> list[Question]:
        """What the items of a list ask, if they ask several things; “the drug and the other group” is one."""
        if any(item.leaning and item.leaning.alone and _only(item.concepts, NARROWING) for item in items):
            return []
        found: list[Question] = []
        for number, item in enumerate(items):
            asks = bool(number and item.leaning and item.leaning.asks)
            own = self._of_part(item, readings[id(item)], self._gate.part_confidence)
            found += [replace(question, context=None) for question in own]
            if asks and item.leaning and not own:
                likely = self._likely(item, readings[id(item)])
                found.append(Question(UNCLEAR, together, context=self._context(item, item.leaning, likely)))
        several = len({question.topic for question in found} - {OUT_OF_SCOPE, CRITERION}) > 1
        surer = any(question.confidence > together for question in found)
        return found if several and surer and len(found) >= len(items) else []

    def _lent_a_place(self, questions: list[Question], whole: _Part) -> list[Question]:
        """“I live in Bergamo. Which centre was nearest?”: a place told beside the question is meant in it."""
        elsewhere = {question.place for question in questions if question.topic == OUT_OF_SCOPE}
        if len(whole.places) != 1 or whole.places[0] in elsewhere:
            return questions
        return [replace(question, place=question.place or whole.places[0]) for question in questions]

    def _part(self, text: str, clause: Clause | None) -> _Part:
        concepts = self._concepts.read(text)
        places = self._concepts.places(text)
        named = [(place.start, place.end) for place in places]
        named += [(concept.start, concept.end) for concept in concepts if concept.kind != TERM]
        return _Part(
            text, clause, tuple(concepts), tuple(place.place for place in places), self._clauses.leaning(text, named)
        )

    def _of_part(self, part: _Part, guesses: Sequence[Guess], confidence: float) -> list[Question]:
        likely = self._likely(part, guesses)
        best = likely[0]
        if best.confidence < confidence:
            return []
        off_topic = next((guess.confidence for guess in likely if guess.topic == OUT_OF_SCOPE), 0.0)
        if best.confidence < off_topic + self._gate.margin:
            # “Could she join with gout?” is about the trial, however rarely anybody asks that.
            joining = off_topic < self._gate.elsewhere and self._clauses.speaks_of_joining(part.text)
            best = Guess(CRITERION if joining and self._named_rule(part) else OUT_OF_SCOPE, off_topic)
        meant = best
        best = self._of_this_trial(meant, part)
        if self._asks_meaning(part, best):
            best = Guess(GLOSSARY, best.confidence)
        elif best.topic == CRITERION and self._asks_what_is(part, NAMED):
            best = Guess(OUT_OF_SCOPE, best.confidence)
        ids = tuple(concept.id for concept in part.concepts)
        question = Question(best.topic, best.confidence, None, None, ids, part.places[0] if part.places else None)
        if part.leaning and best is meant:  # what was asked of another drug or trial stays so
            question = replace(question, context=self._context(part, part.leaning, likely))
        if best.topic == MEDICAL_ADVICE:  # “and what was the limit?” may follow
            question = replace(question, criterion=self._named_rule(part))
        if best.topic == CRITERION:
            return [replace(question, criterion=rule) for rule in self._rules(part.concepts, guesses)]
        if best.topic == GLOSSARY:
            return [replace(question, term=term) for term in self._terms(part)]
        if best.topic in self._traits.places:
            people = [id_ for id_ in ids if id_.startswith(PERSON + ":")]
            if len(part.places) > 1:
                return [replace(question, place=place) for place in part.places]
            if len(people) > 1:
                return [replace(question, concepts=(person,)) for person in people]
        return [question]

    def _asks_meaning(self, part: _Part, best: Guess) -> bool:
        """Whether a text asks for the meaning of a word, not about the trial; the trial's drug has its topic."""
        if not self._asks_what_is(part, (TERM,)):
            return False
        if any("study_drug" in self._links.get(concept.id, {}) for concept in part.concepts):
            return False
        return best.topic in (CRITERION, OUT_OF_SCOPE) or best.confidence < self._gate.own_topic

    def _asks_what_is(self, part: _Part, kinds: Sequence[str]) -> bool:
        """Whether a text asks what something of these kinds is, and nothing else: “what is Crohn's disease?”."""
        named = [(concept.start, concept.end) for concept in part.concepts if concept.kind in kinds]
        return bool(named) and self._clauses.asks_what_is(part.text, named)

    def _named_rule(self, part: _Part) -> str | None:
        """The entry rule that what a text names bears on."""
        return next((rule for concept in part.concepts for rule in linked(self._links, concept.id)), None)

    def _context(self, part: _Part, leaning: Leaning, likely: Sequence[Guess]) -> Context:
        rivals = tuple((guess.topic, round(guess.confidence, 3)) for guess in likely[:MOST_RIVALS])
        rule = self._named_rule(part)
        return Context(leaning.asks, leaning.alone, leaning.opens, leaning.may_mean, rule, rivals, leaning.tells)

    def _danger(
        self, whole: _Part, guesses: Sequence[Guess], of_parts: Sequence[Sequence[Guess]]
    ) -> Understanding | None:
        """The second net for emergencies, behind the gate: a miss is far worse than a false alarm, so it need not be
        the likeliest topic. Where the gate saw a sign and let it pass (denied, long past), the gate is right.
        """
        sure = _of_topic(EMERGENCY, guesses)
        in_part = max((_of_topic(EMERGENCY, part) for part in of_parts), default=0.0)
        likeliest = max((guess.confidence for guess in guesses), default=0.0)
        if sure < max(self._gate.emergency, self._gate.near * likeliest) and in_part < self._gate.part_confidence:
            return None
        if sure < self._gate.danger and self._explained(whole.text):
            return None
        found = tuple(concept.id for concept in whole.concepts)
        return Understanding((Question(EMERGENCY, max(sure, in_part), concepts=found),), (), found=whole.concepts)

    def _likely(self, part: _Part, guesses: Sequence[Guess]) -> list[Guess]:
        """The topics that a text may be about, likeliest first."""
        long = len(part.text.split()) > self._gate.short
        likely = [
            guess
            for guess in _by_topic(guesses)
            if guess.topic != EMERGENCY and not (long and guess.topic in self._traits.short)
        ]
        return likely or [Guess(UNCLEAR, 0.0)]

    def _of_this_trial(self, best: Guess, part: _Part) -> Guess:
        """Another drug's dose is not this trial's business, nor is what another trial found."""
        marked = {name for concept in part.concepts for name in self._links.get(concept.id, {})}
        if "study_drug" in marked:
            return best
        if "other_drug" in marked and best.topic in self._traits.of_drug:
            return Guess(OUT_OF_SCOPE, best.confidence)
        if "other_trial" in marked and best.topic not in (CRITERION, OUT_OF_SCOPE):
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

    def _terms(self, part: _Part) -> list[str | None]:
        """The words asked for: the first after the question word (“in the registry, what is ECOG”), else the last.

        What is joined to it is asked for as well: “median and hazard ratio”.
        """
        terms = sorted((concept for concept in part.concepts if concept.kind == TERM), key=lambda term: term.start)
        if not terms:
            return [None]
        asked_from = self._clauses.question_word(part.text)
        first = next((concept for concept in terms if concept.start >= asked_from), terms[-1])
        groups: list[list[Concept]] = []
        for concept in terms:
            if groups and self._clauses.joins(part.text[groups[-1][-1].end : concept.start]):
                groups[-1].append(concept)
            else:
                groups.append([concept])
        chosen = next(group for group in groups if first in group)
        chosen = [concept for concept in chosen if concept.start >= asked_from] or chosen
        return [concept.id.partition(":")[2] for concept in chosen]

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


def _only(concepts: Iterable[Concept], kinds: Sequence[str]) -> bool:
    """Whether what is named, words of the glossary apart, is of these kinds."""
    return {concept.kind for concept in concepts} - {TERM} <= set(kinds)


def all_topics(trial: Path) -> frozenset[str]:
    """Every topic, which a button may name: trial/topics.yml."""
    return frozenset(read_yaml(trial / "topics.yml"))


def _of_topic(topic: str, guesses: Iterable[Guess]) -> float:
    """How strongly a text points to a topic."""
    return max((guess.confidence for guess in guesses if guess.topic == topic), default=0.0)


def _by_topic(guesses: Iterable[Guess]) -> list[Guess]:
    """The guesses with those about single rules made one about the rules, as strong as the strongest."""
    strongest: dict[str, float] = {}
    for guess in guesses:
        topic = guess.topic.partition(RULE_MARK)[0]
        strongest[topic] = max(strongest.get(topic, 0.0), guess.confidence)
    return sorted((Guess(topic, most) for topic, most in strongest.items()), key=lambda guess: -guess.confidence)


def _distinct(questions: Iterable[Question], by_place: frozenset[str]) -> list[Question]:
    """The questions without those that ask the same again; ``by_place`` are topics that ask of each town anew."""
    kept: dict[tuple[Any, ...], Question] = {}
    for question in questions:
        key: tuple[Any, ...] = (question.topic, question.criterion, question.term)
        if question.topic in by_place:
            people = [concept for concept in question.concepts if concept.startswith(PERSON + ":")]
            key = (question.topic, question.place, *people)
        first = kept.setdefault(key, question)
        concepts = tuple(dict.fromkeys(first.concepts + question.concepts))
        kept[key] = replace(first, concepts=concepts, place=first.place or question.place)
    return list(kept.values())
