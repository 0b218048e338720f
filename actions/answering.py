"""What is answered: the questions of a turn, in the light of what was said before, become one reply.

Nothing here knows Rasa or the trial; texts, facts and topics are data under trial/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from actions.centres import Town, nearest_town, site_of, town_named, towns_in
from actions.figures import Figures
from actions.hard_words import HardWords
from actions.replies import Button, Reply
from actions.trial import Site, Topic, Trial
from actions.wording import Wording
from understanding.context import Context
from understanding.places import Place

#: Kinds that say nothing beside a real answer, and are left out there.
IDLE = ("smalltalk", "unclear", "out_of_scope")
#: Topics of such a kind that are replied to all the same.
REPLIED_TO = ("distress", "are_you_robot")
#: A greeting before a question, which is greeted back in a word.
GREET = "greet"
#: Kinds that answer something, so that the next question may lean on it.
ANSWERED = ("answer", "not_in_sources", "medical_advice")
#: In a concept's id, before the name of a person.
PERSON = "person:"
#: How the ids of the groups begin, and “the other group”, whichever that is.
GROUP, OTHER_GROUP = "group_", "group_other"
#: How the ids of glossary terms begin.
TERM = "term:"
#: What a question speaks of that asks only for the distance.
HOW_FAR = "how_far"
#: How the ids of wrong premises begin.
PREMISE = "premise_"
#: The kind of a bare question that asks for the meaning of a word (lexicon/<language>/clauses.yml).
WORD = "word"
#: Topics that, in a question that leans on the one before, are about the town that was named last.
LOCAL = ("nearest_site", "site_lead", "contact")
#: Topics that say nothing of what is asked next.
GENERAL = ("criterion", "glossary")
#: So confident, a short question is taken at its word; one less so may be about what was said before …
SURE = 0.6
#: … and a topic close to that one, if there is a trace of it, counts as so much more confident.
NEARNESS, FAINT = 0.2, 0.07
#: So confident, a question of these kinds is never taken for something else.
PLAIN = 0.3
OF_ITS_OWN = ("medical_advice", "service", "smalltalk")
#: What, after an emergency, still sounds like one: it is answered with help again.
STILL_ALARMED = ("distress", "unclear", "help", "human", "out_of_scope", "medical_advice")


@dataclass(frozen=True)
class Asked:
    """One question of a turn, as understanding.questions found it; ``context`` is how it leans on what was said."""

    topic: str
    criterion: str | None = None
    term: str | None = None
    concepts: tuple[str, ...] = ()
    place: Place | None = None
    context: Context | None = None


@dataclass(frozen=True)
class Turn:
    """A user's turn.

    Attributes:
        questions: what was asked, at least one.
        closest: the likeliest topics, to offer where nothing was understood.
        follows_on: whether it leans on the turn before (“and in Brescia?”).
        points_back: whether it speaks of a place named before (“there”).
    """

    questions: tuple[Asked, ...]
    closest: tuple[str, ...] = ()
    follows_on: bool = False
    points_back: bool = False


@dataclass(frozen=True)
class Talk:
    """What was last talked about; lives in a slot.

    Attributes:
        asked: the question that was answered last.
        place: the place that was named last.
        alarm: whether the last reply was to an emergency.
    """

    asked: Asked | None = None
    place: Place | None = None
    alarm: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For the slot."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Talk:
        """From the slot; empty at the beginning."""
        if not value:
            return cls()
        asked = value.get("asked")
        return cls(asked_from(asked) if asked else None, _place(value.get("place")), bool(value.get("alarm")))


def asked_from(value: Mapping[str, Any]) -> Asked:
    """A question as it travels in the tracker."""
    return Asked(
        value["topic"],
        value.get("criterion"),
        value.get("term"),
        tuple(value.get("concepts") or ()),
        _place(value.get("place")),
        Context(**context) if (context := value.get("context")) else None,
    )


def _place(value: Mapping[str, Any] | None) -> Place | None:
    return Place(**value) if value else None


class Answerer:
    """Answers in one language."""

    def __init__(self, trial: Trial, language: str) -> None:
        self._trial = trial
        self._language = language
        self._texts = trial.texts[language]
        self._wording = Wording(trial, language)
        self._words = HardWords(self._texts)
        self._figures = Figures(trial, language)
        self._home = trial.facts["sites"]["country"]["text"]

    def reply(self, turn: Turn, talk: Talk) -> tuple[Reply, Talk]:
        """The reply to a turn, and what the talk is about after it."""
        asked = self._in_order(turn, talk)
        parts = [self._answer(question, talk, turn) for question in asked]
        told = [
            (question, part)
            for question, part in zip(asked, parts, strict=True)
            if part.kind not in IDLE or question.topic in REPLIED_TO
        ]
        urgent = [(question, part) for question, part in told if part.kind == "emergency"]
        if urgent:  # nothing else is said or asked
            told = urgent[:1]
        if told:
            asked, parts = [question for question, _ in told], [part for _, part in told]
        else:
            asked, parts = asked[:1], parts[:1]
        reply = self._joined(parts)
        if reply.kind in ANSWERED and any(question.topic == GREET for question in turn.questions):
            reply = replace(reply, text=f"{self._texts.phrases['greeting']} {reply.text}")
        return reply, self._talk_after(asked[-1], parts[-1], talk)

    def _in_order(self, turn: Turn, talk: Talk) -> list[Asked]:
        """The questions of a turn, each in the light of what was said and asked before it."""
        asked: list[Asked] = []
        for number, question in enumerate(turn.questions):
            lean = question.context
            if number and lean and lean.rivals and lean.rivals[0][1] >= SURE:  # its own question; only a town is shared
                question = replace(question, context=None)
                if question.topic in LOCAL:
                    question = replace(question, place=question.place or talk.place)
            found = self._in_context(question, turn, talk)
            asked.append(found)
            kind = self._topic(found).kind
            if kind in ANSWERED:
                talk = replace(talk, asked=found, place=found.place or talk.place)
        return asked

    def _in_context(self, question: Asked, turn: Turn, talk: Talk) -> Asked:
        """The question with what it leaves unsaid taken from the talk before."""
        if talk.alarm and question.topic in STILL_ALARMED:
            return Asked("emergency")
        before = talk.asked
        if before is None:
            return question
        if turn.points_back and talk.place and not question.place and self._topic(question).places:
            return replace(question, place=talk.place)
        lean = question.context or (Context(opens=True) if turn.follows_on else None)
        if lean is None and question.topic in self._trial.follow_ups:
            lean = Context(question.topic)
        if lean is None or self._topic(question).kind == "emergency":
            return question
        meant = self._meant(question, lean, before) or self._likelier(question, lean, before)
        if meant.topic in LOCAL and not meant.place:
            return replace(meant, place=talk.place or self._town_of(before))
        return meant

    def _meant(self, question: Asked, lean: Context, before: Asked) -> Asked | None:
        """What a question that says little means after the one before, where that is plain."""
        if lean.asks == WORD:
            term = self._word_to_explain(before)
            if term:
                return Asked("glossary", term=term)
        for line in self._trial.follow_ups.get(lean.asks or "", ()):
            if before.topic in line.get("after", (before.topic,)) and before.term in line.get("of", (before.term,)):
                return self._follow_up_line(line, question, before)
        surely = lean.rivals[0][1] if lean.rivals else 0.0
        if surely >= PLAIN and self._topic(question).kind in OF_ITS_OWN:
            return question
        if surely >= SURE and sum(concept.startswith(GROUP) for concept in question.concepts) > 1:
            # “And the others got nothing?” says itself what it asks of the other group.
            return question
        named = lean.alone or surely < SURE
        if question.place and self._topic(before).places and (named or not self._topic(question).places):
            return replace(before, place=question.place, concepts=question.concepts)
        term = next((concept[len(TERM) :] for concept in question.concepts if concept.startswith(TERM)), None)
        another = before.topic == "glossary" and term in self._texts.glossary and term != before.term
        if another and (named or question.topic == "criterion"):
            return replace(before, term=term)
        if question.term and not lean.alone:
            return question
        if not named:
            return None
        narrower = self._entry(before).get("for", {})
        concepts = _turned((*question.concepts, *lean.may_mean), before.concepts, narrower)
        if any(concept in narrower for concept in concepts):
            return replace(before, concepts=concepts, place=None)
        if before.topic == "criterion" and lean.rule:
            return Asked("criterion", lean.rule, None, question.concepts)
        unknown = surely < SURE and not question.criterion and self._topic(question).kind != "out_of_scope"
        if before.topic == "criterion" and ((lean.opens and unknown) or (lean.tells and surely < SURE)):
            # “Even ten years ago?”, “mine was 8.5”: the rule is said once more, for what was named.
            return replace(before, concepts=question.concepts)
        if lean.alone and self._topic(before).kind == "not_in_sources" and (question.place or surely < SURE):
            return replace(before, concepts=question.concepts)
        return None

    def _follow_up_line(self, line: Mapping[str, Any], question: Asked, before: Asked) -> Asked | None:
        topic = line.get("topic")
        if topic is None:
            return None
        if topic == "criterion" and before.topic != topic:
            return Asked(topic, before.criterion) if before.criterion else None
        concepts = tuple(concept for concept in (*question.concepts, line.get("concept")) if concept)
        if topic in ("same", before.topic):
            return replace(before, concepts=concepts, place=question.place or before.place)
        return Asked(topic, None, None, concepts, question.place)

    def _likelier(self, question: Asked, lean: Context, before: Asked) -> Asked:
        """The likeliest topic of a question that leans on the one before: what is close to that one is likelier."""
        near = (before.topic, *(self._topic(before).next if before.topic not in GENERAL else ()))
        own = self._fitting(self._entry(question), question.concepts)
        if not lean.rivals or lean.rivals[0][1] >= SURE or own or question.topic == "unclear":
            return question
        weighed = {
            topic: confidence + (NEARNESS if topic in near and confidence >= FAINT else 0.0)
            for topic, confidence in lean.rivals
        }
        best = max(weighed, key=lambda topic: weighed[topic])
        if best == before.topic:
            narrowed = question.concepts or question.place or question.criterion
            return replace(question if best == question.topic else before, context=None) if narrowed else before
        if best == question.topic:
            return question
        return replace(question, topic=best, criterion=lean.rule if best == "criterion" else None, term=None)

    def _town_of(self, before: Asked) -> Place | None:
        """The town of the doctor who was spoken of."""
        people = [concept[len(PERSON) :] for concept in before.concepts if concept.startswith(PERSON)]
        site = site_of(self._trial, people[0]) if people else None
        town = town_named(self._trial, site.town[self._language]) if site else None
        return town.place if town else None

    def _word_to_explain(self, before: Asked) -> str | None:
        """The word that “what does that word mean?” is about: the one that was named, else the rarest of the answer."""
        named = [concept[len(TERM) :] for concept in before.concepts if concept.startswith(TERM)]
        if before.topic != "glossary" and named:
            return named[-1]
        said = self._answer(replace(before, context=None), Talk(), Turn(())).text
        return self._words.rarest(said, besides=before.term)

    def _answer(self, question: Asked, talk: Talk, turn: Turn) -> Reply:
        topic = self._topic(question)
        if topic.kind == "follow_up":
            return self._follow_up(question, talk)
        if topic.name == "criterion":
            return self._criterion(question)
        if topic.name == "glossary":
            return self._glossary(question)
        if topic.kind == "unclear":
            offered = [name for name in turn.closest if self._title(name)] or list(topic.next)
            return self._say(topic, self._texts.answers[topic.name]["text"], offered=offered[:3])
        if topic.places:
            return self._about_centres(topic, question)
        return self._say(topic, self._narrowed(self._entry(question), question.concepts))

    def _follow_up(self, question: Asked, talk: Talk) -> Reply:
        """Why, simpler, where from, more, again: about what was last said."""
        texts = self._texts.answers[question.topic]
        before = talk.asked
        if before is None or question.topic in ("affirm", "deny", "dont_know", "go_back"):
            return self._say(Topic(question.topic, "unclear", next=self._trial.topics["help"].next), texts["text"])
        last = self._answer(before, Talk(), Turn(()))
        entry = self._entry(before)
        if question.topic == "why":
            if "why" in entry:
                return replace(last, text=self._fill(entry["why"], before))
            return replace(
                last, kind="not_in_sources", topic=last.topic or before.topic, text=self._fill(texts["not_said"])
            )
        if question.topic == "simpler":
            return replace(last, text=self._fill(entry.get("simpler", texts["not_simpler"]), before))
        if question.topic == "where_from":
            names = [self._fill(texts["names"][source]) for source in last.sources]
            if not names:
                return replace(last, text=self._fill(texts["text"]))
            return replace(last, text=self._fill(texts["from"], given={"sources": self._wording.listed(names)}))
        if question.topic == "more":
            following = next(
                (name for name in self._topic(before).next if self._trial.topics[name].kind == "answer"), None
            )
            if following:
                return self._answer(Asked(following), talk, Turn(()))
            return replace(last, text=self._fill(texts["no_more"]))
        return last

    def _criterion(self, question: Asked) -> Reply:
        if question.criterion is None:
            return self._say(self._trial.topics["unclear"], self._texts.phrases["which_rule"])
        rule = self._trial.criteria[question.criterion]
        text = self._narrowed(self._texts.criteria[question.criterion], question.concepts)
        reply = self._say(self._topic(question), text, question)
        sources = tuple(rule.get("told_by", [rule["source"]["document"]]))
        return replace(reply, sources=sources, criterion=question.criterion)

    def _glossary(self, question: Asked) -> Reply:
        if question.term is None:
            return self._say(self._trial.topics["unclear"], self._texts.phrases["which_word"])
        return self._say(self._topic(question), self._texts.glossary[question.term]["text"])

    def _about_centres(self, topic: Topic, question: Asked) -> Reply:
        """A question that a town or a doctor's name narrows."""
        entry = self._texts.answers[topic.name]
        person = next((name[len(PERSON) :] for name in question.concepts if name.startswith(PERSON)), None)
        site = site_of(self._trial, person) if person else None
        if person and site and topic.name == "site_lead":
            given = {"name": person, "town": site.town[self._language]}
            return self._say(topic, entry["by_name" if person == site.lead else "contact_by_name"], given=given)
        place = None if self._fitting(entry, question.concepts) else question.place
        if place and place.is_region:
            return self._in_region(topic, entry, place, question)
        if place is None or (place.latitude is None and place.country == self._home):
            whole = entry.get("list") if not self._fitting(entry, question.concepts) else None
            text = whole or self._narrowed(entry, question.concepts)
            return self._say(topic, text, given={"site_list": self._site_list(self._trial.sites)} if whole else None)
        return self._in_town(topic, entry, place, question)

    def _in_region(self, topic: Topic, entry: Mapping[str, Any], place: Place, question: Asked) -> Reply:
        """A question narrowed to a region: to its one town with a centre, to its centres, or to there being none."""
        inside = towns_in(self._trial, place.name)
        if len(inside) == 1:
            return self._in_town(topic, entry, inside[0].place, question)
        if topic.name == "contact":  # which of them is meant is not known; the central number is good for all
            return self._say(topic, self._narrowed(entry, ()))
        texts = self._texts.answers["sites"]
        if not inside:
            return self._say(topic, texts["not_in_region"], given={"region": place.name})
        sites = [site for town in inside for site in town.sites]
        named = {"region": sites[0].region[self._language], "site_list": self._site_list(sites)}
        return self._say(topic, texts["in_region"], given=named)

    def _in_town(self, topic: Topic, entry: Mapping[str, Any], place: Place, question: Asked) -> Reply:
        town = town_named(self._trial, place.name)
        if town:
            names = {"town": town.name(self._language), "leads": self._wording.listed(town.leads)}
            centres = self._texts.phrases["one_centre" if len(town.sites) == 1 else "centres"]
            names["count"] = centres.replace("{count}", str(len(town.sites)))
            if topic.name == "contact" and town.sites[0].phone:
                return self._say(topic, entry["with_phone"])
            said = self._say(topic, entry.get("here") or entry["in_town"], given=names)
            return replace(said, figure=self._figure(topic, town))
        nearest = self._trial.topics["nearest_site"]
        texts = self._texts.answers[nearest.name]
        if place.latitude is None or place.country != self._home:
            if topic.name == "contact":  # from wherever somebody calls, there is the central number
                return self._say(topic, self._narrowed(entry, ()))
            return self._say(nearest, texts["abroad"], given={"place": place.name})
        closest, distance = nearest_town(self._trial, place)
        given = {
            "place": place.name,
            "town": closest.name(self._language),
            "leads": self._wording.listed(closest.leads),
            "distance": self._distance(distance),
        }
        if topic.name == "contact" and closest.sites[0].phone:
            return self._say(topic, entry["near_with_phone"], given=given)
        if "near" in entry and topic != nearest:
            return self._say(topic, entry["near"], given=given)
        text = texts["far" if HOW_FAR in question.concepts else "near"]
        said = replace(self._say(nearest, text, given=given), figure=self._figure(nearest, closest))
        if topic.name == "sites":
            denied = self._fill(entry["not_in_town"], given={"place": place.name})
            return replace(said, text=f"{denied}\n\n{said.text}", topic=topic.name)
        return said

    def _distance(self, kilometres: float) -> str:
        rounded = round(kilometres, -1) if kilometres >= 20 else max(1, round(kilometres))
        return self._texts.phrases["kilometres"].replace("{distance}", f"{rounded:.0f}")

    def _site_list(self, sites: Sequence[Site]) -> str:
        line = self._texts.phrases["site_line"]
        return "\n".join(
            line.replace("{town}", site.town[self._language]).replace("{leads}", site.lead) for site in sites
        )

    def _say(
        self,
        topic: Topic,
        text: str,
        question: Asked | None = None,
        given: Mapping[str, str] | None = None,
        offered: Sequence[str] | None = None,
    ) -> Reply:
        buttons = [Button(title, f"/{name}") for name in (offered or topic.next) if (title := self._title(name))]
        return Reply(
            topic.kind,
            self._fill(text, question, given),
            self._language,
            topic.name,
            topic.sources,
            topic.criterion,
            tuple(buttons),
            figure=self._figure(topic),
        )

    def _figure(self, topic: Topic, town: Town | None = None) -> Mapping[str, str] | None:
        """The picture that goes with an answer; in a map the town is marked."""
        figure = self._figures.of_topic(topic.name, town) if topic.kind == "answer" else None
        return figure.custom() if figure else None

    def _fill(self, text: str, question: Asked | None = None, given: Mapping[str, str] | None = None) -> str:
        return self._wording.fill(text, given, question.criterion if question else None)

    def _narrowed(self, entry: Mapping[str, Any], concepts: Sequence[str]) -> str:
        fitting = self._fitting(entry, concepts)
        return str(entry["for"][fitting] if fitting else entry["text"])

    def _fitting(self, entry: Mapping[str, Any], concepts: Sequence[str]) -> str | None:
        """The narrower answer that the concepts call for: a wrong premise before all else.

        Where several of one kind fit (two years, both groups) none does: the general answer covers them.
        """
        known = [str(concept) for concept in entry.get("for", {}) if concept in concepts]
        premises = [concept for concept in known if concept.startswith(PREMISE)]
        if premises:
            return premises[0]
        families = [concept.partition("_")[0] for concept in known]
        alone = [concept for concept, family in zip(known, families, strict=True) if families.count(family) == 1]
        return alone[0] if alone else None

    def _entry(self, question: Asked) -> Mapping[str, Any]:
        if question.criterion and question.topic == "criterion":
            return self._texts.criteria[question.criterion]
        if question.term and question.topic == "glossary":
            return self._texts.glossary[question.term]
        return self._texts.answers.get(question.topic, {})

    def _topic(self, question: Asked) -> Topic:
        return self._trial.topics.get(question.topic) or self._trial.topics["unclear"]

    def _title(self, name: str) -> str | None:
        title = self._texts.answers.get(name, {}).get("title")
        return (
            str(title) if title and self._trial.topics[name].kind not in ("follow_up", "emergency", "unclear") else None
        )

    def _joined(self, parts: Sequence[Reply]) -> Reply:
        """One reply out of several: the texts in order, the first part's kind, everybody's sources."""
        if len(parts) == 1:
            return parts[0]
        first = parts[0]
        return replace(
            first,
            text="\n\n".join(dict.fromkeys(part.text for part in parts)),
            sources=tuple(dict.fromkeys(source for part in parts for source in part.sources)),
            buttons=tuple(dict.fromkeys(button for part in reversed(parts) for button in part.buttons))[:3],
            figure=next((part.figure for part in parts if part.figure), None),
            also=tuple(
                {key: value for key, value in part.custom().items() if key in ("kind", "topic", "criterion")}
                for part in parts[1:]
            ),
        )

    def _talk_after(self, asked: Asked, said: Reply, talk: Talk) -> Talk:
        place = asked.place or talk.place
        if said.kind == "emergency":
            return replace(talk, alarm=True)
        talk = replace(talk, alarm=False)
        asked = replace(asked, context=None)
        if said.kind in ANSWERED:
            if self._topic(asked).kind == "follow_up":
                following = said.topic and said.topic != (talk.asked.topic if talk.asked else None)
                return Talk(Asked(str(said.topic)), place) if following and said.topic != "criterion" else talk
            return Talk(asked, place)
        return talk


def _turned(concepts: Sequence[str], before: Sequence[str], narrower: Iterable[str]) -> tuple[str, ...]:
    """The concepts with “the other group” turned into one, of those answered for, that was not talked about before."""
    other = next((name for name in narrower if name.startswith(GROUP) and name not in before), None)
    return tuple(other if concept == OTHER_GROUP and other else concept for concept in concepts)
