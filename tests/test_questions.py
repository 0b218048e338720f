"""What a message asks is put together from its clauses, its concepts and what the topic model says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from understanding.clauses import ClauseReader
from understanding.concepts import ConceptReader, build_pipeline
from understanding.marks import Marker, read_links
from understanding.places import Place
from understanding.questions import MOST_QUESTIONS, Question, QuestionReader, Traits
from understanding.topics import Guess
from understanding.words import Speller

ROOT = Path(__file__).resolve().parent.parent
LEXICON, TRIAL = ROOT / "lexicon", ROOT / "trial"


class Scripted:
    """A topic model that says what it was told to say of each text; any other is like nothing taught."""

    def __init__(self, says: dict[str, list[tuple[str, float]]]) -> None:
        self._says = says
        self.texts: list[str] = []

    def read(self, texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[list[Guess]]:
        self.texts += texts
        return [[Guess(*guess) for guess in self._says.get(text, [("out_of_scope", 0.01)])] for text in texts]


@pytest.fixture(scope="module")
def parts() -> dict[str, Any]:
    """All that a reader of questions needs but the model."""
    return {
        "clauses": ClauseReader.load(LEXICON, "en"),
        "concepts": ConceptReader.load(build_pipeline(LEXICON, TRIAL, "en"), LEXICON, TRIAL, "en", frozenset()),
        "speller": Speller(["sorafenib", "dose"]),
        "marker": Marker.load(LEXICON, TRIAL, "en"),
        "links": read_links(TRIAL),
        "traits": Traits.load(TRIAL),
    }


def reader(parts: dict[str, Any], **says: list[tuple[str, float]]) -> QuestionReader:
    """A reader whose model says this of these texts; `_` is a space, `Q` a question mark, `P` a full stop."""
    texts = {name.replace("_", " ").replace("Q", "?").replace("P", "."): guess for name, guess in says.items()}
    return QuestionReader(model=Scripted(texts), **parts)  # type: ignore[arg-type]  # stands in for the model


def topics(questions: Sequence[Question]) -> list[str]:
    return [question.topic for question in questions]


def test_one_question(parts: dict[str, Any]) -> None:
    """A plain question has one topic, with what it speaks of."""
    understood = reader(parts, what_was_the_dose_of_sorafenibQ=[("dose", 0.9)]).read("What was the dose of sorafenib?")
    assert topics(understood.questions) == ["dose"]
    assert "sorafenib" in understood.questions[0].concepts
    assert "sorafenib" in {concept.id for concept in understood.found}
    assert not understood.follows_on
    assert not understood.points_back


def test_typing_errors_are_mended_first(parts: dict[str, Any]) -> None:
    """The model reads words that were put right."""
    understood = reader(parts, what_is_sorafenib=[("drug", 0.9)]).read("What is sorafinib")
    assert topics(understood.questions) == ["drug"]


def test_two_questions(parts: dict[str, Any]) -> None:
    """Two questions of one message are both found, in their order."""
    understood = reader(
        parts,
        what_was_the_doseQ=[("dose", 0.9)],
        when_did_it_startQ=[("dates", 0.9)],
    ).read("What was the dose? When did it start?")
    assert topics(understood.questions) == ["dose", "dates"]


def test_two_towns(parts: dict[str, Any]) -> None:
    """A question about two towns asks about each of them."""
    says = {"are_there_centres_in_pisa_and_bresciaQ": [("sites", 0.9)]}
    understood = reader(parts, **says).read("Are there centres in Pisa and Brescia?")
    assert [(question.topic, question.place.name) for question in understood.questions if question.place] == [
        ("sites", "Pisa"),
        ("sites", "Brescia"),
    ]


def test_two_words(parts: dict[str, Any]) -> None:
    """Two words joined by “and” are both asked for."""
    says = {"what_do_median_and_hazard_ratio_meanQ": [("glossary", 0.9)]}
    understood = reader(parts, **says).read("What do median and hazard ratio mean?")
    assert [question.term for question in understood.questions] == ["median", "hazard_ratio"]


def test_what_a_word_is(parts: dict[str, Any]) -> None:
    """“What is sepsis?” asks for the meaning, though the rule on it is likelier; “what is the …” does not."""
    says = {"what_is_sepsisQ": [("criterion/E04", 0.7)], "what_is_the_phaseQ": [("phase", 0.9)]}
    (question,) = reader(parts, **says).read("What is sepsis?").questions
    assert (question.topic, question.term) == ("glossary", "sepsis")
    assert topics(reader(parts, **says).read("What is the phase?").questions) == ["phase"]


@pytest.mark.parametrize(("text", "topic"), [("what is sorafenib", "drug"), ("what are side effects", "side_effects")])
def test_a_word_with_a_topic_of_its_own(parts: dict[str, Any], text: str, topic: str) -> None:
    """What the trial is about has its own topic, and is not explained as a word."""
    assert topics(reader(parts, **{text.replace(" ", "_"): [(topic, 0.9)]}).read(text).questions) == [topic]


def test_a_clause_that_speaks_of_the_one_before(parts: dict[str, Any]) -> None:
    """“… and would it keep me out?” asks about what was named before it."""
    says = {
        "what_is_dialysis": [("glossary", 0.9)],
        "would_it_keep_me_outQ": [("eligibility", 0.2)],
        "would_dialysis_keep_me_outQ": [("criterion/E09", 0.9)],
    }
    first, second = reader(parts, **says).read("What is dialysis and would it keep me out?").questions
    assert (first.term, second.criterion) == ("dialysis", "E09")


def test_can_somebody_join_beside_a_question(parts: dict[str, Any]) -> None:
    """“… and can my wife join?” is a question of its own, however little it says."""
    says = {"is_it_still_open": [("status", 0.9)], "can_my_wife_joinQ": [("status", 0.2)]}
    found = reader(parts, **says).read("Is it still open and can my wife join?").questions
    assert topics(found) == ["status", "eligibility"]


def test_a_greeting_before_a_question(parts: dict[str, Any]) -> None:
    """A greeting before a question is heard, after it; before what was not understood it is not."""
    says = {"what_was_it_aboutQ": [("purpose", 0.9)]}
    read = reader(parts, **says).read
    assert topics(read("Good morning, my name is Ada. What was it about?").questions) == ["purpose", "greet"]
    assert "greet" not in topics(read("Good morning, blah blah").questions)


def test_advice_keeps_its_rule(parts: dict[str, Any]) -> None:
    """A wish for advice on a result remembers the rule on it, so that “and the limit?” can be answered."""
    (question,) = (
        reader(parts, is_my_haemoglobin_badQ=[("medical_advice", 0.9)]).read("Is my haemoglobin bad?").questions
    )
    assert (question.topic, question.criterion) == ("medical_advice", "I08")


def test_two_doctors(parts: dict[str, Any]) -> None:
    """Two doctors named are two questions."""
    says = {"who_are_berruti_and_gebbiaQ": [("site_lead", 0.9)]}
    understood = reader(parts, **says).read("Who are Berruti and Gebbia?")
    assert topics(understood.questions) == ["site_lead", "site_lead"]


def test_a_list(parts: dict[str, Any]) -> None:
    """Things named in a breath are asked for one by one, where each is a question of its own."""
    says = {"sponsor": [("sponsor", 0.9)], "phase": [("phase", 0.9)], "dates": [("dates", 0.8)]}
    understood = reader(parts, **says).read("sponsor, phase and dates")
    assert topics(understood.questions) == ["sponsor", "phase", "dates"]


def test_a_list_that_is_one_question(parts: dict[str, Any]) -> None:
    """“The sorafenib and the observation group” names two groups, not two questions."""
    text = "how many were in the sorafenib and the observation group"
    says = {
        text.replace(" ", "_"): [("enrolment", 0.5)],
        "how_many_were_in_the_sorafenib": [("enrolment", 0.5)],
        "the_observation_group": [("comparison", 0.9)],
    }
    assert topics(reader(parts, **says).read(text).questions) == ["enrolment"]


def test_questions_that_run_on(parts: dict[str, Any]) -> None:
    """Dictated questions without a mark between them are found, if each of them is one."""
    says = {
        "what_was_the_dose_taken_did_it_work": [("dose", 0.4)],
        "what_was_the_dose_taken": [("dose", 0.9)],
        "did_it_work": [("results", 0.9)],
    }
    text = "what was the dose taken did it work"
    assert topics(reader(parts, **says).read(text).questions) == ["dose", "results"]
    says["did_it_work"] = [("results", 0.2)]
    assert topics(reader(parts, **says).read(text).questions) == ["dose"]


def test_a_bare_half(parts: dict[str, Any]) -> None:
    """“… and how often?” is a question even if alone it means nothing: it carries what it asks for."""
    says = {"which_tests_were_done": [("safety_tests", 0.9)], "how_oftenQ": [("dose", 0.2)]}
    understood = reader(parts, **says).read("Which tests were done and how often?")
    assert topics(understood.questions) == ["safety_tests", "unclear"]
    assert understood.questions[1].context is not None
    assert understood.questions[1].context.asks == "how_often"


def test_all_in_one_batch(parts: dict[str, Any]) -> None:
    """However a message divides, the model is asked but once."""
    model = Scripted({})
    calls: list[int] = []
    read = model.read

    def counted(texts: Sequence[str], marks: Sequence[Sequence[str]], most: int = 16) -> list[list[Guess]]:
        calls.append(len(texts))
        return read(texts, marks, most)

    model.read = counted  # type: ignore[method-assign]  # to count
    QuestionReader(model=model, **parts).read("What was the dose, did it work and how often? Was it safe?")  # type: ignore[arg-type]
    assert len(calls) == 1


def test_another_drug_leans_on_nothing(parts: dict[str, Any]) -> None:
    """“And the dose of sunitinib?” stays out of scope, whatever was talked about before."""
    (question,) = reader(parts, and_the_dose_of_sunitinibQ=[("dose", 0.5)]).read("and the dose of sunitinib?").questions
    assert (question.topic, question.context) == ("out_of_scope", None)


def test_an_off_topic_town_is_not_lent(parts: dict[str, Any]) -> None:
    """A town in a question about something else is not taken for the one meant in the other."""
    says = {"what_is_the_weather_in_paris": [("out_of_scope", 1.0)], "where_was_the_trialQ": [("sites", 0.9)]}
    understood = reader(parts, **says).read("What is the weather in Paris and where was the trial?")
    assert [question.place for question in understood.questions if question.topic == "sites"] == [None]


def test_the_same_question_twice(parts: dict[str, Any]) -> None:
    """Two questions about one topic are one, with what both speak of: the answer must cover both."""
    understood = reader(
        parts,
        when_did_it_begin=[("dates", 0.9)],
        when_did_it_finishQ=[("dates", 0.9)],
    ).read("When did it begin and when did it finish?")
    assert topics(understood.questions) == ["dates"]
    assert {"date_started", "date_ended"} <= set(understood.questions[0].concepts)


def test_not_more_than_can_be_read(parts: dict[str, Any]) -> None:
    """Of many questions only the first few are answered."""
    names = ["dose", "dates", "sites", "phase", "sponsor"]
    says = {f"what_about_{name}Q": [(name, 0.9)] for name in names}
    understood = reader(parts, **says).read(" ".join(f"What about {name}?" for name in names))
    assert topics(understood.questions) == names[:MOST_QUESTIONS]


def test_a_story_is_told_beside_the_question(parts: dict[str, Any]) -> None:
    """What somebody tells first is no question; the question at the end counts."""
    understood = reader(parts, what_was_the_doseQ=[("dose", 0.9)]).read(
        "My husband was operated on in May. He loves his garden. What was the dose?"
    )
    assert topics(understood.questions) == ["dose"]


def test_a_town_told_before_the_question(parts: dict[str, Any]) -> None:
    """“I live in Bergamo. Which centre was nearest?” asks about Bergamo."""
    understood = reader(parts, which_centre_was_nearestQ=[("nearest_site", 0.9)]).read(
        "I live in Bergamo. Which centre was nearest?"
    )
    assert [question.place.name for question in understood.questions if question.place] == ["Bergamo"]


def test_a_town_in_the_question(parts: dict[str, Any]) -> None:
    """The town of a question is found, with where it lies."""
    (question,) = reader(parts, is_there_one_in_lecceQ=[("sites", 0.9)]).read("Is there one in Lecce?").questions
    assert isinstance(question.place, Place)
    assert question.place.name == "Lecce"
    assert question.place.country == "IT"


def test_nothing_understood(parts: dict[str, Any]) -> None:
    """Where no topic is likely the message is unclear, and the closest topics are told."""
    understood = reader(parts, blah_blah=[("dose", 0.05), ("dates", 0.02)]).read("blah blah")
    assert topics(understood.questions) == ["unclear"]
    assert understood.closest == ("dose", "dates")


@pytest.mark.parametrize("text", ["", "   ", "?!", "42", "🙂"])
def test_nothing_to_understand(parts: dict[str, Any], text: str) -> None:
    """A message without words is unclear, and nothing is guessed."""
    understood = reader(parts).read(text)
    assert topics(understood.questions) == ["unclear"]
    assert understood.closest == ()


def test_not_about_the_trial(parts: dict[str, Any]) -> None:
    """Where “not about this trial” is as likely as a topic, it is not about this trial."""
    understood = reader(parts, how_much_is_the_fish=[("dose", 0.4), ("out_of_scope", 0.5)]).read("how much is the fish")
    assert topics(understood.questions) == ["out_of_scope"]


def test_a_story_about_something_else_ends_in_a_question(parts: dict[str, Any]) -> None:
    """A question at the end of a story that is not about the trial is not either, unless the story names the trial."""
    ends = {"who_do_i_ringQ": [("contact", 0.8)]}
    bank = {"the_bank_ate_my_cardP_who_do_i_ringQ": [("out_of_scope", 0.9)], **ends}
    assert topics(reader(parts, **bank).read("The bank ate my card. Who do I ring?").questions) == ["out_of_scope"]
    unsure = {"my_card_is_lateP_who_do_i_ringQ": [("out_of_scope", 0.4)], **ends}
    assert topics(reader(parts, **unsure).read("My card is late. Who do I ring?").questions) == ["contact"]
    trial = {"the_bank_pays_the_trialP_who_do_i_ringQ": [("out_of_scope", 0.9)], **ends}
    assert topics(reader(parts, **trial).read("The bank pays the trial. Who do I ring?").questions) == ["contact"]


def test_what_an_illness_is(parts: dict[str, Any]) -> None:
    """“What is Crohn's disease?” does not ask for a rule of the trial; a rule on it does."""
    says = [("criterion/E10", 0.7), ("out_of_scope", 0.3)]
    assert topics(reader(parts, what_is_crohns_disease=says).read("what is crohns disease").questions) == [
        "out_of_scope"
    ]
    assert topics(reader(parts, was_crohns_allowed=says).read("was crohns allowed").questions) == ["criterion"]


def test_a_long_message_is_no_why(parts: dict[str, Any]) -> None:
    """A message of many words is not a mere “why?”."""
    says = {
        "why_was_it_that_the_trial_took_so_long": [("why", 0.9), ("dates", 0.5)],
        "why_that": [("why", 0.9)],
    }
    assert topics(reader(parts, **says).read("why was it that the trial took so long").questions) == ["dates"]
    assert topics(reader(parts, **says).read("why that").questions) == ["why"]


def test_an_emergency_must_be_plain(parts: dict[str, Any]) -> None:
    """What the safety gate let pass is an emergency only where the model is quite sure."""
    says = {"my_heart": [("emergency", 0.25), ("glossary", 0.2)], "my_chest": [("emergency", 0.9)]}
    assert topics(reader(parts, **says).read("my heart").questions) == ["glossary"]
    assert topics(reader(parts, **says).read("my chest").questions) == ["emergency"]


# Entry rules and words


def test_a_rule_by_its_concept(parts: dict[str, Any]) -> None:
    """The rule asked about is the one that the named illness or medicine bears on."""
    (question,) = reader(parts, was_warfarin_allowedQ=[("criterion/E10", 0.5)]).read("Was warfarin allowed?").questions
    assert (question.topic, question.criterion) == ("criterion", "I14")


def test_a_rule_without_a_concept(parts: dict[str, Any]) -> None:
    """Where no concept tells the rule, the model does."""
    (question,) = reader(parts, was_that_ruled_out=[("criterion/E21", 0.5)]).read("was that ruled out").questions
    assert question.criterion == "E21"


def test_two_rules(parts: dict[str, Any]) -> None:
    """Two illnesses named are two rules."""
    questions = (
        reader(parts, hiv_or_dialysis=[("criterion/E03", 0.5), ("criterion/E09", 0.4)])
        .read("hiv or dialysis")
        .questions
    )
    assert [question.criterion for question in questions] == ["E03", "E09"]


def test_joining_with_an_illness(parts: dict[str, Any]) -> None:
    """“Could she have joined?” beside a named illness asks about the rule for that illness."""
    (question,) = (
        reader(parts, she_has_epilepsyP_could_she_have_joinedQ=[("eligibility", 0.9)])
        .read("She has epilepsy. Could she have joined?")
        .questions
    ) or (None,)
    assert question is not None
    assert (question.topic, question.criterion) == ("criterion", "E06")


def test_joining_with_what_is_seldom_asked(parts: dict[str, Any]) -> None:
    """Who asks whether somebody could join with an illness asks about the trial, however unlike it the rest sounds."""
    says = [("out_of_scope", 0.5), ("criterion/E11", 0.3)]
    (question,) = (
        reader(parts, could_she_join_with_breast_cancer=says).read("could she join with breast cancer").questions
    )
    assert (question.topic, question.criterion) == ("criterion", "E11")
    assert topics(reader(parts, what_helps_breast_cancer=says).read("what helps breast cancer").questions) == [
        "out_of_scope"
    ]


def test_joining_alone(parts: dict[str, Any]) -> None:
    """Who could join, with nothing named, is asked in general."""
    (question,) = reader(parts, who_could_joinQ=[("eligibility", 0.9)]).read("Who could join?").questions
    assert (question.topic, question.criterion) == ("eligibility", None)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("what is a nephrectomy", "nephrectomy"),
        ("in the registry what is a nephrectomy", "nephrectomy"),
        ("nephrectomy", "nephrectomy"),
    ],
)
def test_the_word_asked_for(parts: dict[str, Any], text: str, term: str) -> None:
    """The word asked for is the first after the question word, or the last that was named."""
    (question,) = reader(parts, **{text.replace(" ", "_"): [("glossary", 0.9)]}).read(text).questions
    assert (question.topic, question.term) == ("glossary", term)


def test_leaning_on_the_turn_before(parts: dict[str, Any]) -> None:
    """“And there?” leans on the turn before and points back to a place."""
    understood = reader(parts).read("and whom can I call there?")
    assert understood.follows_on
    assert understood.points_back


def test_for_the_tracker() -> None:
    """A question becomes plain data, which Rasa can keep."""
    place = Place("Lecce", "IT", 40.35, 18.17)
    assert Question("sites", 0.5, place=place, concepts=("a",)).as_dict() == {
        "topic": "sites",
        "confidence": 0.5,
        "criterion": None,
        "term": None,
        "concepts": ["a"],
        "place": {"name": "Lecce", "country": "IT", "latitude": 40.35, "longitude": 18.17, "is_region": False},
        "context": None,
    }


# Marks: what the model is told beside the words


def marks(parts: dict[str, Any], text: str) -> set[str]:
    concepts: ConceptReader = parts["concepts"]
    places = [named.place for named in concepts.places(text)]
    return set(parts["marker"](text, concepts.read(text), places))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what was the dose of sorafenib", {"kind:drug"}),
        ("what was the dose of sunitinib", {"kind:drug", "other_drug"}),
        ("is there one in Lecce", {"place"}),
        ("I take warfarin", {"own", "own_rule", "rule:I14"}),
        ("what does median mean", {"asks_meaning", "asks_meaning_of_term"}),
        ("after 24 months", {"months_24", "kind:time_point"}),
        ("so it worked", {"premise_worked", "kind:premise"}),
    ],
)
def test_marked(parts: dict[str, Any], text: str, expected: set[str]) -> None:
    """Kinds, rules, other medicines, places, one's own case and questions of meaning are marked."""
    assert expected <= marks(parts, text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("what was the dose of sorafenib", "other_drug"),
        ("what was the dose", "place"),
        ("what was the dose", "own"),
        ("was warfarin allowed", "own_rule"),
        ("what was the dose", "asks_meaning"),
    ],
)
def test_unmarked(parts: dict[str, Any], text: str, mark: str) -> None:
    """What is not said is not marked."""
    assert mark not in marks(parts, text)


def test_short_topics() -> None:
    """The topics that lean on what was said before are the follow-ups."""
    found = Traits.load(TRIAL).short
    assert {"why", "simpler", "more", "affirm"} <= found
    assert "dose" not in found


def test_a_bare_name_asks_what_it_must_mean(parts: dict[str, Any]) -> None:
    """What a rule is about, named alone, asks for that rule; a town named alone asks for the nearest centre."""
    read = reader(parts).read
    assert [question.criterion for question in read("warfarin?").questions] == ["I14"]
    assert topics(read("Bergamo").questions) == ["nearest_site"]
    assert topics(read("a pony that likes warfarin and long walks by the sea").questions) != ["criterion"]


def test_the_second_net_catches_what_the_gate_did_not_know(parts: dict[str, Any]) -> None:
    """What looks enough like an emergency is one, even where another topic is likelier."""
    says = [("medical_advice", 0.5), ("emergency", 0.35)]
    assert topics(reader(parts, he_is_odd=says).read("he is odd").questions) == ["emergency"]
    says = [("medical_advice", 0.5), ("emergency", 0.25)]
    assert topics(reader(parts, he_is_odd=says).read("he is odd").questions) == ["medical_advice"]


def test_what_the_gate_let_pass_stays_passed(parts: dict[str, Any]) -> None:
    """Where the gate saw a sign of danger that is denied or long past, the second net leaves it, unless it is sure."""
    says = {"he is not ill": [("distress", 0.5), ("emergency", 0.45)], "i wont be here": [("emergency", 0.6)]}
    lenient = QuestionReader(model=Scripted(says), explained=lambda text: True, **parts)  # type: ignore[arg-type]
    assert topics(lenient.read("he is not ill").questions) == ["distress"]
    assert topics(lenient.read("i wont be here").questions) == ["emergency"]


@pytest.mark.parametrize(("confidence", "topic"), [(0.9, "delete_data"), (0.5, "privacy")])
def test_what_cannot_be_undone_is_done_only_if_the_wish_is_plain(
    parts: dict[str, Any], confidence: float, topic: str
) -> None:
    """A message that only may be a wish to delete is told how deleting goes, and deletes nothing."""
    assert topics(reader(parts, yes_clean=[("delete_data", confidence)]).read("yes clean").questions) == [topic]
