"""What is answered: the right text, narrowed by what is named, in the light of what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions.answering import HOW_FAR, Answerer, Asked, Talk, Turn, asked_from
from actions.figures import Figures
from actions.replies import Reply
from actions.trial import read_trial
from understanding.context import Context
from understanding.files import read_yaml
from understanding.places import Place

TRIAL = read_trial()
LEXICON = Path(__file__).resolve().parent.parent / "lexicon"
TURIN = Place("Turin", "IT", 45.070, 7.687)
BERGAMO = Place("Bergamo", "IT", 45.698, 9.669)
BRESCIA = Place("Brescia", "IT", 45.536, 10.215)
ROME = Place("Rome", "IT", 41.894, 12.484)
MILAN = Place("Milan", "IT", 45.464, 9.190)
LONDON = Place("London", "GB", 51.509, -0.126)
GERMANY = Place("Germany", "DE")
SICILY, APULIA, CALABRIA = (Place(name, "IT", is_region=True) for name in ("Sicily", "Apulia", "Calabria"))
CENTRAL, AT_MILAN = "+39 02 2390 4450", "+39 02 2390 2557"


class Chat:
    """A conversation with the answerer, without Rasa: each turn is what was understood of it."""

    def __init__(self) -> None:
        self.answerer = Answerer(TRIAL, "en")
        self.talk = Talk()

    def ask(
        self,
        *questions: Asked | str,
        follows_on: bool = False,
        points_back: bool = False,
        closest: tuple[str, ...] = (),
    ) -> Reply:
        asked = tuple(Asked(question) if isinstance(question, str) else question for question in questions)
        reply, talk = self.answerer.reply(Turn(asked, closest, follows_on, points_back), self.talk)
        # As it travels: the slot holds plain data.
        self.talk = Talk.from_dict(talk.as_dict())
        assert self.talk == talk
        return reply


@pytest.fixture
def chat() -> Chat:
    """A conversation that has just begun."""
    return Chat()


def said(name: str, *path: str) -> str:
    """A text as it is said."""
    entry: Any = TRIAL.texts["en"].answers[name]
    for key in path or ("text",):
        entry = entry[key]
    return Answerer(TRIAL, "en")._fill(entry)


# Plain answers


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, topic in TRIAL.topics.items()
        if topic.kind != "follow_up" and name not in ("criterion", "glossary")
    ],
)
def test_every_topic(chat: Chat, name: str) -> None:
    """Every topic is answered with a text, in its kind, with the object that its kind demands."""
    reply = chat.ask(name)
    topic = TRIAL.topics[name]
    assert reply.text
    expected: dict[str, Any] = {"kind": topic.kind, "language": "en"}
    if topic.kind in ("answer", "not_in_sources"):
        expected["topic"] = name
    if topic.kind == "answer":
        expected["sources"] = list(topic.sources)
    if topic.criterion:
        expected["criterion"] = topic.criterion
    if figure := Figures(TRIAL, "en").of_topic(name):
        expected["figure"] = figure.custom()
    assert reply.custom() == expected


@pytest.mark.parametrize("rule", TRIAL.criteria)
def test_every_rule(chat: Chat, rule: str) -> None:
    """Every entry rule is answered with its own text, its id and its source."""
    reply = chat.ask(Asked("criterion", criterion=rule))
    custom = reply.custom()
    assert reply.text
    assert (custom["kind"], custom["topic"], custom["criterion"]) == ("answer", "criterion", rule)
    assert TRIAL.criteria[rule]["source"]["document"] in custom["sources"]


@pytest.mark.parametrize("term", TRIAL.texts["en"].glossary)
def test_every_word(chat: Chat, term: str) -> None:
    """Every word of the glossary is explained, from general knowledge."""
    reply = chat.ask(Asked("glossary", term=term))
    assert reply.text
    assert reply.custom() == {
        "kind": "answer",
        "language": "en",
        "topic": "glossary",
        "sources": ["background"],
    }


@pytest.mark.parametrize("topic", ["criterion", "glossary"])
def test_which_one(chat: Chat, topic: str) -> None:
    """A question about a rule or a word that was not found asks which one is meant."""
    reply = chat.ask(topic)
    assert reply.kind == "unclear"
    assert reply.text.endswith((".", "?"))


@pytest.mark.parametrize("topic", ["no_such_topic", ""])
def test_an_unknown_topic(chat: Chat, topic: str) -> None:
    """A topic that does not exist, as a forged button may bring, is not understood; no more is said."""
    reply = chat.ask(topic)
    assert reply.custom() == {"kind": "unclear", "language": "en"}
    assert reply.text == said("unclear")


def test_buttons(chat: Chat) -> None:
    """An answer offers what may be asked next, with the titles of those topics."""
    assert [button.payload for button in chat.ask("dose").buttons] == [f"/{name}" for name in TRIAL.topics["dose"].next]
    assert all(button.title for button in chat.ask("dose").buttons)


def test_nothing_is_offered_in_an_emergency(chat: Chat) -> None:
    """In an emergency nothing but help is named."""
    assert chat.ask("emergency").buttons == ()


def test_self_harm(chat: Chat) -> None:
    """Somebody who may harm themselves is spoken to in other words."""
    assert chat.ask(Asked("emergency", concepts=("self_harm",))).text == said("emergency", "for", "self_harm")
    assert chat.ask(Asked("emergency", concepts=("medical",))).text == said("emergency")


# Narrower answers


@pytest.mark.parametrize(
    ("topic", "concepts", "narrowed"),
    [
        ("dose", ("premise_800_twice",), "premise_800_twice"),
        ("dose", ("dose_per_day", "premise_once_a_day"), "premise_once_a_day"),
        ("results_rates", ("months_24",), "months_24"),
        ("results", ("sorafenib", "premise_worked"), "premise_worked"),
        ("side_effects", ("group_observation",), "group_observation"),
        ("dates", ("date_published",), "date_published"),
    ],
)
def test_narrowed(chat: Chat, topic: str, concepts: tuple[str, ...], narrowed: str) -> None:
    """A concept in the question narrows the answer; a wrong premise is put right before all else."""
    assert chat.ask(Asked(topic, concepts=concepts)).text == said(topic, "for", narrowed)


@pytest.mark.parametrize(
    ("topic", "concepts"),
    [
        ("results_rates", ("months_12", "months_24")),
        ("side_effects", ("group_sorafenib", "group_observation")),
        ("dates", ("date_started", "date_ended")),
        ("dose", ("something_else",)),
    ],
)
def test_not_narrowed(chat: Chat, topic: str, concepts: tuple[str, ...]) -> None:
    """Two times, both groups or something else altogether get the whole answer."""
    assert chat.ask(Asked(topic, concepts=concepts)).text == said(topic)


def test_a_rule_narrowed(chat: Chat) -> None:
    """The text of a rule is narrowed by the medicine that was named."""
    reply = chat.ask(Asked("criterion", criterion="I14", concepts=("warfarin",)))
    assert reply.text.startswith("Warfarin")
    assert reply.text != chat.ask(Asked("criterion", criterion="I14")).text


# Several questions in one turn


def test_two_questions(chat: Chat) -> None:
    """Two questions get both texts, the first one's kind and topic, both sources; the second is in `also`."""
    reply = chat.ask("dose", "duration")
    assert reply.text == f"{said('dose')}\n\n{said('duration')}"
    assert reply.custom() == {
        "kind": "answer",
        "language": "en",
        "topic": "dose",
        "sources": ["registry", "publication"],
        "also": [{"kind": "answer", "topic": "duration"}],
    }
    assert len(reply.buttons) == 3


def test_an_answer_and_silence(chat: Chat) -> None:
    """A question that the sources answer and one that they do not are both replied to."""
    reply = chat.ask("dose", "cost")
    assert reply.custom()["also"] == [{"kind": "not_in_sources", "topic": "cost"}]
    assert said("cost") in reply.text


def test_small_talk_beside_a_question(chat: Chat) -> None:
    """Something not understood is passed over where there is a real question."""
    for idle in ("how_are_you", "unclear", "out_of_scope"):
        reply = chat.ask(idle, "dose")
        assert (reply.text, reply.topic, reply.also) == (said("dose"), "dose", ())


def test_a_greeting_before_a_question(chat: Chat) -> None:
    """A greeting before a question is greeted back in a word, and is no topic of its own."""
    for questions in (("greet", "dose"), ("dose", "greet")):
        reply = chat.ask(*questions)
        greeting = TRIAL.texts["en"].phrases["greeting"]
        assert (reply.text, reply.topic, reply.also) == (f"{greeting} {said('dose')}", "dose", ())
    assert chat.ask("greet").text == said("greet")


def test_are_you_a_robot_beside_a_question(chat: Chat) -> None:
    """Whoever asks what they are talking to is told, beside the answer to the rest."""
    reply = chat.ask("are_you_robot", "dose")
    assert said("are_you_robot") in reply.text
    assert said("dose") in reply.text


def test_the_limit_after_advice(chat: Chat) -> None:
    """“Is my haemoglobin bad, and what was the limit?”: no advice, but the rule."""
    bare = Asked("unclear", context=Context("limit"))
    reply = chat.ask(Asked("medical_advice", "I08", None, ("hemoglobin",)), bare)
    assert [also["criterion"] for also in reply.also] == ["I08"]
    assert said("medical_advice") in reply.text
    assert chat.ask(bare).criterion == "I08"


def test_which_one_is_right(chat: Chat) -> None:
    """Asked which of two figures is right, it tells on what the sources disagree."""
    chat.ask("enrolment")
    assert chat.ask(Asked("where_from", context=Context("which_right"))).text == said(
        "limits", "for", "sources_disagree"
    )
    chat.ask("medical_advice")
    assert chat.ask(Asked("limits", context=Context("which_right"))).kind == "medical_advice"


def test_distress_beside_a_question(chat: Chat) -> None:
    """Feelings are met even where something is asked as well."""
    assert said("distress") in chat.ask("distress", "dose").text


@pytest.mark.parametrize("order", [("emergency", "dose"), ("dose", "emergency")])
def test_an_emergency_beside_a_question(chat: Chat, order: tuple[str, str]) -> None:
    """In an emergency nothing else is answered, wherever in the message it stands."""
    reply = chat.ask(*order)
    assert reply.custom() == {"kind": "emergency", "language": "en"}
    assert reply.text == said("emergency")
    assert reply.buttons == ()


# Follow-ups


def test_and_at_another_time(chat: Chat) -> None:
    """“And after three years?” asks the same of another time."""
    chat.ask(Asked("results_rates", concepts=("months_12",)))
    reply = chat.ask(Asked("duration", concepts=("months_36",)), follows_on=True)
    assert (reply.topic, reply.text) == ("results_rates", said("results_rates", "for", "months_36"))


def test_what_the_others_got(chat: Chat) -> None:
    """“And the others got nothing?” asks what that group got, not what was last talked about for that group."""
    chat.ask("duration")
    leaning = Context(alone=True, opens=True, rivals=(("comparison", 1.0),))
    both = Asked("comparison", concepts=("group_other", "group_observation"), context=leaning)
    assert chat.ask(both, follows_on=True).topic == "comparison"


def test_the_other_group(chat: Chat) -> None:
    """“And the other group?” is the one that was not spoken of, either way."""
    for first, other in (("group_sorafenib", "group_observation"), ("group_observation", "group_sorafenib")):
        chat.ask(Asked("side_effects", concepts=(first,)))
        reply = chat.ask(Asked("comparison", concepts=("group_other",)), follows_on=True)
        assert (reply.topic, reply.text) == ("side_effects", said("side_effects", "for", other))


def test_and_in_another_town(chat: Chat) -> None:
    """“And in Brescia?” asks the same of another town."""
    chat.ask(Asked("site_lead", place=ROME))
    reply = chat.ask(Asked("sites", place=BRESCIA), follows_on=True)
    assert reply.topic == "site_lead"
    assert "Alfredo Berruti" in reply.text


def test_there(chat: Chat) -> None:
    """“There” is the town that was spoken of; a town that is named is meant instead."""
    chat.ask(Asked("sites", place=BRESCIA))
    assert "Brescia" in chat.ask("contact", points_back=True).text
    assert "Rome" in chat.ask(Asked("contact", place=ROME), points_back=True).text


def test_a_new_question_is_new(chat: Chat) -> None:
    """A whole question is not bent to the one before."""
    chat.ask(Asked("site_lead", place=ROME))
    assert chat.ask("dose").text == said("dose")
    assert chat.ask("contact").text == said("contact")


def bare(asks: str, topic: str = "unclear", **more: Any) -> Asked:
    """A question that says what it asks for, but not of what."""
    return Asked(topic, context=Context(asks), **more)


@pytest.mark.parametrize(
    ("before", "asks", "topic", "narrowed"),
    [
        (Asked("dose"), "how_often", "dose", "how_often"),
        (Asked("safety_tests"), "how_often", "visits", None),
        (Asked("dose"), "how_long", "duration", None),
        (Asked("results"), "how_long", "results_median", None),
        (Asked("side_effects"), "which", "single_side_effects", None),
        (Asked("arms"), "how_many", "enrolment", None),
        (Asked("results_median"), "sure", "results_significance", None),
        (Asked("side_effects_severe", concepts=("group_observation",)), "all", "side_effects_severe", None),
        (Asked("status"), "since_when", "dates", "date_ended"),
        (Asked("enrolment"), "rest", "enrolment", "people_not_randomised"),
        (Asked("glossary", term="grade_3"), "how_many", "side_effects_severe", None),
    ],
)
def test_bare_questions(chat: Chat, before: Asked, asks: str, topic: str, narrowed: str | None) -> None:
    """What “how often?”, “which ones?” or “both?” means is decided by what was answered last."""
    chat.ask(before)
    reply = chat.ask(bare(asks))
    expected = said(topic, "for", narrowed) if narrowed else said(topic)
    assert (reply.topic, reply.text) == (topic, expected)


def test_every_kind_of_bare_question() -> None:
    """Each line of the follow-ups is of a kind that the lexicon knows, and names what exists."""
    words = read_yaml(LEXICON / "en" / "clauses.yml")
    texts = TRIAL.texts["en"]
    for kind, lines in TRIAL.follow_ups.items():
        assert kind in words["bare"] or TRIAL.topics[kind].kind == "follow_up", kind
        for line in lines:
            assert not set(line) - {"after", "of", "topic", "concept"}
            assert set(line.get("after", ())) <= set(TRIAL.topics)
            assert set(line.get("of", ())) <= set(texts.glossary)
            topic = line.get("topic", "same")
            assert topic == "same" or topic in TRIAL.topics
            assert "concept" not in line or line["concept"] in {*texts.answers[topic].get("for", {}), HOW_FAR}


def test_who_leads_it(chat: Chat) -> None:
    """“Who leads it?” after a town asks for its doctor, not for the sponsor; “the phone number?” for its number."""
    chat.ask(Asked("sites", place=BRESCIA))
    assert "Alfredo Berruti" in chat.ask(bare("who_leads", "sponsor")).text
    assert "Brescia" in chat.ask(bare("phone", "contact")).text


def test_the_doctors_town(chat: Chat) -> None:
    """“His number?” after a doctor is that of the doctor's town."""
    chat.ask(Asked("site_lead", concepts=("person:Alfredo Berruti",)))
    assert "Brescia" in chat.ask(bare("phone", "contact")).text


def test_a_bare_number(chat: Chat) -> None:
    """“And after two?” is two years after a share of people, and a score after a rule about one."""
    two = Context(alone=True, opens=True, may_mean=("months_24", "ecog_2"))
    chat.ask(Asked("results_rates", concepts=("months_12",)))
    assert chat.ask(Asked("criterion", criterion="P02", context=two)).text == said("results_rates", "for", "months_24")
    chat.ask(Asked("criterion", criterion="I06", concepts=("ecog_1",)))
    assert chat.ask(Asked("enrolment", context=two)).criterion == "I06"


def test_a_close_topic_is_likelier(chat: Chat) -> None:
    """Of two topics that a short question may be about, the one close to what was said before is meant."""
    rivals = (("comparison", 0.3), ("dose", 0.25))
    question = Asked("comparison", context=Context(rivals=rivals))
    assert chat.ask(question).topic == "comparison"
    chat.ask("duration")
    assert chat.ask(question).topic == "dose"


@pytest.mark.parametrize("topic", ["emergency", "medical_advice"])
def test_what_is_never_bent(chat: Chat, topic: str) -> None:
    """An emergency or a wish for advice is never taken for a question about the trial."""
    chat.ask(Asked("side_effects", concepts=("group_sorafenib",)))
    lean = Context(alone=True, opens=True, rivals=((topic, 0.35), ("side_effects", 0.3)))
    assert chat.ask(Asked(topic, concepts=("group_observation",), context=lean)).kind == topic


def test_the_word_in_the_answer(chat: Chat) -> None:
    """“What does that word mean?” explains the word that was named, or the hardest of the answer."""
    chat.ask(Asked("blood_markers", concepts=("term:vegf",)))
    assert chat.ask(bare("word")).text == TRIAL.texts["en"].glossary["vegf"]["text"]
    chat.ask("strata")
    assert chat.ask(bare("word")).topic == "glossary"


def test_a_second_question_leans_on_the_first(chat: Chat) -> None:
    """“Which tests were done, and how often?” asks how often the tests were done."""
    reply = chat.ask("safety_tests", bare("how_often"))
    assert [reply.topic, *(other["topic"] for other in reply.also)] == ["safety_tests", "visits"]


def test_a_sure_second_question_is_its_own(chat: Chat) -> None:
    """A second question that is clear by itself is not bent to the first."""
    sure = Context("how_many", rivals=(("enrolment", 0.95),))
    reply = chat.ask("sites", Asked("enrolment", context=sure))
    assert [reply.topic, *(other["topic"] for other in reply.also)] == ["sites", "enrolment"]


def test_why(chat: Chat) -> None:
    """“Why?” gives the reason where a source does, and says so where none does."""
    chat.ask("purpose")
    why = chat.ask("why")
    assert (why.kind, why.topic, why.text) == ("answer", "purpose", said("purpose", "why"))
    chat.ask("dose")
    why = chat.ask("why")
    assert why.custom() == {"kind": "not_in_sources", "language": "en", "topic": "dose"}
    assert why.text == said("why", "not_said")


def test_simpler(chat: Chat) -> None:
    """“More simply” gives the simpler text; again, it is still about the same."""
    chat.ask("dose")
    assert chat.ask("simpler").text == said("dose", "simpler")
    assert chat.ask("simpler").text == said("dose", "simpler")
    chat.ask("cost")
    assert chat.ask("simpler").text == said("simpler", "not_simpler")


def test_where_from(chat: Chat) -> None:
    """“Says who?” names the sources of what was said, and no others."""
    chat.ask("dose")
    both = chat.ask("where_from")
    assert "NCT01444807" in both.text
    assert "Eur Urol Oncol" in both.text
    chat.ask("duration")
    assert "NCT01444807" not in chat.ask("where_from").text


def test_more(chat: Chat) -> None:
    """“Tell me more” goes on to what comes next, and then from there."""
    chat.ask("arms")
    first = chat.ask("more")
    assert first.topic == TRIAL.topics["arms"].next[0]
    assert chat.ask("more").topic == TRIAL.topics[str(first.topic)].next[0]


def test_repeat(chat: Chat) -> None:
    """“Again” says the same again, as narrow as it was."""
    first = chat.ask(Asked("results_rates", concepts=("months_12",)))
    assert chat.ask("repeat") == first


def test_follow_ups_about_a_rule(chat: Chat) -> None:
    """Follow-ups work on entry rules: reason, simpler, source and again."""
    first = chat.ask(Asked("criterion", criterion="I08"))
    assert "bone marrow" in chat.ask("why").text
    simpler = chat.ask("simpler")
    assert (simpler.criterion, len(simpler.text) < len(first.text)) == ("I08", True)
    assert "NCT01444807" in chat.ask("where_from").text
    assert chat.ask("repeat") == first


@pytest.mark.parametrize("name", [name for name, topic in TRIAL.topics.items() if topic.kind == "follow_up"])
def test_nothing_was_said_before(chat: Chat, name: str) -> None:
    """At the beginning a follow-up has nothing to follow: that is said, and topics are offered."""
    reply = chat.ask(name)
    assert reply.custom() == {"kind": "unclear", "language": "en"}
    assert reply.text == said(name)
    assert reply.buttons


def test_small_talk_does_not_change_the_subject(chat: Chat) -> None:
    """After a thank-you, “why?” is still about what was told before."""
    chat.ask("purpose")
    chat.ask("thanks")
    assert chat.ask("why").text == said("purpose", "why")


# Places


def test_in_a_town_with_a_centre(chat: Chat) -> None:
    """A town with a centre: yes, how many, and who leads."""
    reply = chat.ask(Asked("sites", place=BRESCIA))
    assert reply.text.startswith("Yes.")
    assert "a centre in Brescia" in reply.text
    assert "Alfredo Berruti" in reply.text


def test_rome_has_two(chat: Chat) -> None:
    """Rome has two centres, with both their doctors."""
    text = chat.ask(Asked("sites", place=ROME)).text
    assert "2 centres in Rome" in text
    assert "Enrico Cortesi and Francesco Cognetti" in text


def test_in_a_town_without(chat: Chat) -> None:
    """A town without a centre: no, and which is nearest, how far, with whom."""
    reply = chat.ask(Asked("sites", place=TURIN))
    assert reply.topic == "sites"
    assert reply.text.startswith("No, there was no centre in Turin itself.")
    assert "Alba, about 50 km away" in reply.text
    assert "Cinzia Ortega" in reply.text


def test_nearest(chat: Chat) -> None:
    """The nearest centre, how far in a straight line; in the town itself, that it is there."""
    assert "Alba, about 50 km away in a straight line" in chat.ask(Asked("nearest_site", place=TURIN)).text
    assert "in Brescia itself" in chat.ask(Asked("nearest_site", place=BRESCIA)).text


@pytest.mark.parametrize("place", [LONDON, GERMANY])
@pytest.mark.parametrize("topic", ["sites", "nearest_site"])
def test_abroad(chat: Chat, topic: str, place: Place) -> None:
    """Abroad there was none: no distance is given."""
    text = chat.ask(Asked(topic, place=place)).text
    assert f"none near {place.name}" in text
    assert "km" not in text


def test_italy_is_no_town(chat: Chat) -> None:
    """Italy is not abroad: all the centres are there."""
    assert "outside Italy, so none near" not in chat.ask(Asked("sites", place=Place("Italy", "IT"))).text


@pytest.mark.parametrize("topic", ["sites", "site_lead", "nearest_site"])
def test_a_region_with_several_centres(chat: Chat, topic: str) -> None:
    """A region's centres are listed with their doctors, and no others."""
    reply = chat.ask(Asked(topic, place=APULIA))
    assert reply.topic == topic
    for named in ("Apulia", "Brindisi", "Lecce", "San Giovanni Rotondo", "Saverio Cinieri"):
        assert named in reply.text
    assert "Milan" not in reply.text
    assert "km" not in reply.text


def test_a_region_with_one_centre(chat: Chat) -> None:
    """Where a region has one town with a centre, that is the one meant; “there” afterwards is that region."""
    text = chat.ask(Asked("sites", place=SICILY)).text
    assert "Yes" in text
    assert "Palermo" in text
    assert "Brindisi" not in text
    assert "Palermo has no number of its own" in chat.ask(Asked("contact"), points_back=True).text


@pytest.mark.parametrize("topic", ["sites", "site_lead", "nearest_site"])
def test_a_region_without_a_centre(chat: Chat, topic: str) -> None:
    """It is said that there was none, and a town is asked for: from a region, there is no distance."""
    text = chat.ask(Asked(topic, place=CALABRIA)).text
    assert "no centre in Calabria" in text
    assert "km" not in text
    assert "Tell me a town" in text


def test_whom_to_call_in_a_region(chat: Chat) -> None:
    """For a region of several centres or none, the central number is given."""
    for region in (APULIA, CALABRIA):
        assert CENTRAL in chat.ask(Asked("contact", place=region)).text


@pytest.mark.parametrize(
    ("place", "number", "not_given"),
    [
        (MILAN, AT_MILAN, CENTRAL),
        (BRESCIA, CENTRAL, AT_MILAN),
        (TURIN, CENTRAL, AT_MILAN),
        (BERGAMO, AT_MILAN, CENTRAL),
    ],
)
def test_whom_to_call(chat: Chat, place: Place, number: str, not_given: str) -> None:
    """Milan has its own number, which is also that of the towns near it; for any other the central one is given."""
    text = chat.ask(Asked("contact", place=place)).text
    assert number in text
    assert not_given not in text


def test_how_far(chat: Chat) -> None:
    """“How far is that?” is told the distance and from where to where, not once more who works there."""
    chat.ask(Asked("nearest_site", place=BERGAMO))
    text = chat.ask(bare("how_far")).text
    assert "50 km from Bergamo to Milan" in text
    assert "Procopio" not in text


def test_the_doctor_at_the_nearest_centre(chat: Chat) -> None:
    """“Who is the doctor there?” after the nearest centre names its doctor, and says where that is."""
    chat.ask(Asked("nearest_site", place=TURIN))
    reply = chat.ask(bare("who_leads", "site_lead"))
    assert reply.topic == "site_lead"
    assert "no centre in Turin itself" in reply.text
    assert "in Alba" in reply.text
    assert "Cinzia Ortega" in reply.text


def test_a_statement_after_a_rule(chat: Chat) -> None:
    """“Mine was 8.5” after a rule is told that rule again: it asks nothing else."""
    chat.ask(Asked("criterion", "I08"))
    told = Context(tells=True, rivals=(("out_of_scope", 0.4),))
    assert chat.ask(Asked("out_of_scope", context=told)).criterion == "I08"
    asked = Context(tells=False, rivals=(("out_of_scope", 0.4),))
    assert chat.ask(Asked("out_of_scope", context=asked)).kind == "out_of_scope"


def test_whom_to_call_in_general(chat: Chat) -> None:
    """With no town named both numbers are given, each with whose it is, and that they are of 2017."""
    text = chat.ask("contact").text
    assert all(words in text for words in (CENTRAL, AT_MILAN, "central contact", "Milan", "2017"))


def test_the_list_of_centres(chat: Chat) -> None:
    """With no town named every centre is listed, a line each."""
    text = chat.ask("sites").text
    assert all(site.town["en"] in text and site.lead in text for site in TRIAL.sites)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("Alfredo Berruti", "led the centre in Brescia"),
        ("Michele Milella", "was a contact at a centre in Rome"),
    ],
)
def test_a_doctor_by_name(chat: Chat, person: str, words: str) -> None:
    """A doctor who leads a centre, and one who is only a contact there, are told apart."""
    assert f"{person} {words}" in chat.ask(Asked("site_lead", concepts=(f"person:{person}",))).text


# What was not understood, and what is not about the trial


def test_unclear_offers_the_closest(chat: Chat) -> None:
    """What was not understood is met with the closest topics, three at most."""
    reply = chat.ask("unclear", closest=("dose", "nonsense", "duration", "results", "arms"))
    assert [button.payload for button in reply.buttons] == ["/dose", "/duration", "/results"]


def test_unclear_without_a_guess(chat: Chat) -> None:
    """Without any guess the usual topics are offered."""
    assert [button.payload for button in chat.ask("unclear").buttons] == ["/purpose", "/results", "/help"]


@pytest.mark.parametrize("kind", ["out_of_scope", "medical_advice", "smalltalk", "service", "unclear", "emergency"])
def test_no_facts_where_none_are_asked(chat: Chat, kind: str) -> None:
    """Whatever is named in a message that the sources do not answer, no result, dose or number is told."""
    facts = TRIAL.facts
    figures = {str(facts["dose"]["single"]["number"]), str(facts["enrolment"]["randomised"]["number"])}
    figures |= {str(facts["results"][arm]["median"]["number"]) for arm in ("observation", "sorafenib")}
    for name, topic in TRIAL.topics.items():
        if topic.kind != kind:
            continue
        text = chat.ask(
            Asked(name, concepts=("sorafenib", "premise_worked", "months_24", "group_sorafenib"), place=ROME)
        ).text
        assert not figures & set(text.replace(".", " ").replace(",", " ").split()), name


# What is remembered


def test_remembered(chat: Chat) -> None:
    """What was talked about survives being kept in a slot; at the beginning there is nothing."""
    question = Asked("sites", None, None, ("a",), BRESCIA)
    talk = Talk(question, BRESCIA)
    assert Talk.from_dict(talk.as_dict()) == talk
    assert Talk.from_dict(None) == Talk.from_dict({}) == Talk()


def test_from_the_tracker() -> None:
    """A question as understanding found it becomes what is asked."""
    value: Mapping[str, Any] = {
        "topic": "sites",
        "confidence": 0.9,
        "concepts": ["x"],
        "place": {"name": "Rome", "country": "IT"},
    }
    assert asked_from(value) == Asked("sites", concepts=("x",), place=Place("Rome", "IT"))
    assert asked_from({"topic": "dose"}) == Asked("dose")


def test_a_town_is_remembered(chat: Chat) -> None:
    """A town that was named some turns ago is still “there”."""
    chat.ask(Asked("sites", place=BRESCIA))
    chat.ask("dose")
    assert chat.talk.place == BRESCIA
    assert "Brescia" in chat.ask("contact", points_back=True).text


def test_another_trial(chat: Chat) -> None:
    """Nothing is special to this trial: with other sites the same question has another answer."""
    site = replace(TRIAL.sites[0], id="siena", town={"en": "Siena"}, lead="Anna Verdi", contacts=(), phone=None)
    answerer = Answerer(replace(TRIAL, sites=(site,)), "en")
    reply, _ = answerer.reply(Turn((Asked("sites", place=Place("Siena", "IT", 43.3, 11.3)),)), Talk())
    assert "Anna Verdi" in reply.text


def test_a_picture_goes_with_the_numbers(chat: Chat) -> None:
    """An answer with a picture carries its address and its words; any other carries none."""
    custom = chat.ask(Asked("results_rates")).custom()
    assert custom["figure"]["address"].endswith("/cancer_free.svg")
    assert "100" in custom["figure"]["alternative"]
    assert "figure" not in chat.ask(Asked("dose")).custom()
    assert "figure" not in chat.ask(Asked("overall_survival")).custom()


def test_the_map_marks_the_nearest_centre(chat: Chat) -> None:
    """Asked from a town, the map marks the centre that is nearest to it."""
    bergamo = Place("Bergamo", "IT", 45.695, 9.67)
    assert chat.ask(Asked("nearest_site", place=bergamo)).custom()["figure"]["address"].endswith("/centres-milan.svg")
    lecce = Place("Lecce", "IT", 40.35, 18.17)
    assert chat.ask(Asked("sites", place=lecce)).custom()["figure"]["address"].endswith("/centres-lecce.svg")
