"""Whether a pre-screening is passed on: only a plain yes is one, a no is as easy, what is unclear is asked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.answering import Asked, Turn
from actions.interview.asides import CONSENT, CONTACT, NOTICE, RESULT, last_of
from actions.interview.build import consent, interview
from actions.interview.sharing import ASKED, DECLINED, KEEP, SHARE, SHARED, Said, Sharing, is_result
from actions.interview.state import FINISHED, OPEN, STOPPED, State
from actions.replies import Reply
from actions.trial import trial
from tests.interview.talking import ON
from tests.test_texts import grade

CONSENTS = consent("en")
TEXTS = trial().texts["en"].sharing
OPEN_STILL = Sharing(ASKED)
REFERENCE = "RS-7KQ4-M2"
DONE = Sharing(SHARED, (REFERENCE,), of=1.0)


def finished(**answers: Any) -> State:
    """A pre-screening that has ended."""
    given = answers or {"age_years": 70}
    return State(ON.isoformat(), FINISHED, answers=given, trail=list(given), begun=1.0)


def say(
    text: str,
    topic: str = "out_of_scope",
    *,
    intent: str | None = None,
    state: State | None = None,
    sharing: Sharing = OPEN_STILL,
    last: str | None = CONSENT,
    sure: bool = True,
    plainly: bool = False,
) -> Said:
    """What a message is to the question."""
    turn = Turn((Asked(topic),))
    return CONSENTS.hear(turn, text, intent or topic, state or finished(), sharing, last, sure, plainly)


def press(payload: str, **more: Any) -> Said:
    """What a button is to the question."""
    return say(payload, payload[1:], **more)


def asked(sharing: Sharing | None = None) -> Reply:
    """A result with the question."""
    return CONSENTS.asked(interview("en").result_of(finished()), sharing or Sharing())


# How it is asked


@pytest.mark.parametrize("said", ["ok", "okay", "hmm okay", "ok then", "alright", "fine"])
def test_an_ok_is_no_yes(said: str) -> None:
    """“Okay” may mean that something was understood: it is asked again."""
    told = say(said, "affirm")
    assert not told.share
    assert told.reply
    assert TEXTS["be_sure"] in told.reply.text


def test_it_is_too_early() -> None:
    """Who wants to share what has only begun is told that there is no result yet, and how to go on."""
    rests = State(ON.isoformat(), STOPPED, answers={"age_years": 70}, trail=["age_years"], key="sex")
    told = CONSENTS.too_early("yes please share it", rests)
    assert told
    assert told.text.startswith("There is no result to share yet.")
    assert [button.payload for button in told.buttons] == ["/resume"]
    assert CONSENTS.too_early("what was the dose?", rests) is None
    assert CONSENTS.too_early("share it", None) is None
    assert CONSENTS.too_early("share it", finished()) is None


def test_it_is_asked_after_the_result() -> None:
    """The question stands in the same message, apart from the result; yes and no are the first two buttons."""
    reply, result = asked(), interview("en").result_of(finished())
    assert reply.text.startswith(result.text + "\n\n")
    assert reply.text.endswith("?")
    assert [button.title for button in reply.buttons[:2]] == ["Yes, share it", "No, keep it here"]
    assert reply.buttons[2:] == result.buttons
    assert reply.kind == "prescreen_result"
    assert reply.verdict == result.verdict
    assert last_of(reply) == CONSENT


def test_it_says_what_is_passed_on_and_what_not() -> None:
    """What, to whom, how long, nothing before a yes, no harm in a no, and how long the chat itself is kept."""
    said = asked().text
    for words in (
        "your answers, the result, and this chat",
        "referral team",
        "180 days at most",
        "Nothing is stored for the team before you say yes",
        "A no changes nothing",
        "24 hours",
    ):
        assert words in said


def test_an_earlier_one_stays() -> None:
    """Where something was shared before, it is said that it stays, and by which reference."""
    assert REFERENCE not in asked().text
    said = asked(replace(DONE, status="")).text
    assert f"{REFERENCE}) stays as it was" in said


@pytest.mark.parametrize(
    ("state", "result"),
    [
        (None, False),
        (State(ON.isoformat()), False),
        (State(ON.isoformat(), FINISHED), False),
        (finished(), True),
        (replace(finished(), status=OPEN), False),
        (replace(finished(), status=STOPPED), False),
        (replace(finished(), status=STOPPED, told_out=True), True),
    ],
)
def test_only_a_result_can_be_shared(state: State | None, result: bool) -> None:
    """There is something to share at the end, and where an answer has settled the outcome; not before."""
    assert is_result(state) == result
    if not result:
        turn = Turn((Asked("affirm"),))
        assert CONSENTS.hear(turn, "yes, share it", SHARE, state, OPEN_STILL, CONSENT) == Said()


# A yes


@pytest.mark.parametrize(
    "said",
    [
        "yes",
        "Yes.",
        "yes please",
        "yes please, send it",
        "share it",
        "OK, go ahead",
        "sure",
        "of course you can",
        "yes, why not",
        "please share it with the team",
        "you can pass it on",
        "I agree",
        "they can see it",
        "👍",
    ],
)
def test_a_plain_yes(said: str) -> None:
    """Right after the question a plain yes shares."""
    assert say(said).share
    assert say(said, plainly=True).share


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("I think so", "affirm"),
        ("probably", "out_of_scope"),
        ("I guess so", "out_of_scope"),
        ("right", "affirm"),
        ("yes but not my name", "out_of_scope"),
        ("yes, if my doctor agrees", "out_of_scope"),
        ("yes, only my age", "out_of_scope"),
        ("yes and no", "out_of_scope"),
        ("not no", "out_of_scope"),
        ("my answers may be of use to somebody", SHARE),
        ("yes they did take out my kidney", "out_of_scope"),
        ("maybe", "dont_know"),
        ("I'm not sure", "dont_know"),
        ("let me think about it", "out_of_scope"),
        ("hmm", "out_of_scope"),
        ("why not?", "why_not"),
        ("what was the dose?", "dose"),
        ("thanks", "thanks"),
    ],
)
def test_what_is_unclear_is_no_yes(said: str, topic: str) -> None:
    """Whatever is not plain shares nothing; what sounds like an answer is asked again."""
    heard = say(said, topic)
    assert not heard.share
    assert not heard.keep
    if heard.reply:
        assert last_of(heard.reply) == CONSENT
        assert heard.reply.kind == "service"


@pytest.mark.parametrize("said", ["I think so", "probably", "yes but not my name"])
def test_what_is_half_a_yes_is_asked_again(said: str) -> None:
    """It is said that a clear yes or no is wanted, with both buttons."""
    reply = say(said, "affirm").reply
    assert reply
    assert TEXTS["be_sure"] in reply.text
    assert [button.payload for button in reply.buttons] == [f"/{SHARE}", f"/{KEEP}"]


def test_likeliness_is_no_consent() -> None:
    """What is only understood as a wish to share, however surely, is asked again: at once, later, and after a no."""
    for last in (CONSENT, None, RESULT):
        for sharing in (OPEN_STILL, Sharing(DECLINED)):
            heard = say("it would be good if somebody there read this", SHARE, sharing=sharing, last=last)
            assert not heard.share
            assert heard.reply
            assert TEXTS["be_sure"] in heard.reply.text


@pytest.mark.parametrize("said", ["yes", "ok", "sure", "do it", "send it", "I agree"])
def test_a_yes_after_something_else_is_none(said: str) -> None:
    """After another reply a bare yes is no consent; the question is put again where it sounds like one."""
    for last in (None, RESULT, CONTACT, "offer"):
        assert not say(said, "affirm", last=last).share
    reply = say("yes", "affirm", last=None).reply
    assert reply
    assert last_of(reply) == CONSENT


@pytest.mark.parametrize("said", ["share it", "yes, share my answers", "please share my result with the clinic"])
def test_naming_it_is_enough_later(said: str) -> None:
    """A message that names sharing shares after another reply too, and after a no."""
    assert say(said, last=None).share
    assert say(said, last=None, sharing=Sharing(DECLINED)).share


@pytest.mark.parametrize(
    "said",
    [
        "share this page with my daughter",
        "can I share a room with my wife",
        "share it with my daughter",
        "share it with my doctor",
        "send it to me",
        "send it",
        "did they share the data?",
        "I share your view",
    ],
)
def test_sharing_something_else(said: str) -> None:
    """Sharing something else, or with somebody else, is no consent."""
    assert not say(said, "data_sharing", last=None).share


def test_the_buttons_stay_good() -> None:
    """Yes and no can be pressed after anything else; a yes also after a no."""
    for last in (CONSENT, RESULT, None):
        assert press(f"/{SHARE}", last=last).share
        assert press(f"/{KEEP}", last=last).keep
    assert press(f"/{SHARE}", sharing=Sharing(DECLINED), last=None).share


def test_nothing_is_shared_that_was_not_asked_about() -> None:
    """Whoever wants to share before the question was put is told what that means first."""
    for heard in (press(f"/{SHARE}", sharing=Sharing()), say("share it", sharing=Sharing(), last=None)):
        assert not heard.share
        assert heard.reply
        assert "180 days" in heard.reply.text


def test_an_emergency_is_not_an_answer() -> None:
    """In an emergency nothing is asked about sharing."""
    assert say("yes, my chest hurts badly", "emergency") == Said()


# A no


@pytest.mark.parametrize(
    "said",
    [
        "no",
        "No thanks",
        "I'd rather not",
        "keep it private",
        "no, keep it here",
        "please don't",
        "not now",
        "don't share it",
    ],
)
def test_a_plain_no(said: str) -> None:
    """A no is as easy as a yes, and in whatever words."""
    assert say(said).keep
    assert say(said, plainly=True).keep


def test_a_no_that_is_only_understood() -> None:
    """A no needs no more than to be understood; after something else a bare one counts too."""
    assert say("I would not feel well with others reading this", KEEP, last=None).keep
    assert not say("I would not feel well with others reading this", KEEP, last=None, sure=False).keep
    assert say("no", "deny", last=None).keep


def test_a_no_after_sharing() -> None:
    """What was shared is not undone by a no: it is said how to have it deleted."""
    heard = press(f"/{KEEP}", sharing=DONE)
    assert not heard.keep
    assert heard.reply
    assert f"delete my data {REFERENCE}" in heard.reply.text


def test_a_no_changes_nothing() -> None:
    """It is said that nothing was passed on; the result can still be asked about."""
    reply = CONSENTS.kept_private(finished())
    assert (reply.kind, reply.verdict) == ("service", None)
    assert "Nothing was passed on" in reply.text
    assert [button.payload for button in reply.buttons] == ["/see_rules", "/change_answer", "/summary", "/prescreen"]


# Questions about it


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("who sees it?", "who"),
        ("who is the referral team", "who"),
        ("where does it go?", "who"),
        ("how long do you keep it?", "how_long"),
        ("what do you store?", "what"),
        ("what exactly do you share?", "what"),
        ("do they get my name?", "what"),
        ("why do you ask?", "why"),
        ("what do they do with it?", "why"),
        ("what happens if I say no?", "if_no"),
        ("do I have to?", "if_no"),
        ("can I delete it later?", "withdraw"),
        ("will my doctor see it?", "doctor"),
    ],
)
def test_questions_about_it(said: str, about: str) -> None:
    """What is asked about sharing is answered, and the question can still be answered."""
    heard = say(said)
    assert not heard.share
    assert heard.reply
    assert heard.reply.text.startswith(CONSENTS._texts.text("about", about))
    assert last_of(heard.reply) == CONSENT
    assert heard.reply.kind == "service"


def test_why_and_privacy() -> None:
    """A bare “why?” is about sharing, and so is a question about privacy in other words."""
    why = say("why?", "why").reply
    assert why
    assert TEXTS["about"]["why"] in why.text
    privacy = say("is that safe with you people", "privacy").reply
    assert privacy
    assert privacy.text.startswith(CONSENTS._texts.text("about", "all"))


def test_beside_another_answer() -> None:
    """While the question is open, yes and no can be pressed under other answers; not in an emergency."""
    dose = Reply("answer", "400 mg.", "en", "dose", ("registry",))
    buttons = CONSENTS.beside(dose, finished(), OPEN_STILL).buttons
    assert [button.payload for button in buttons] == [f"/{SHARE}", f"/{KEEP}"]
    assert CONSENTS.beside(dose, finished(), Sharing(DECLINED)) == dose
    assert CONSENTS.beside(dose, replace(finished(), status=OPEN), OPEN_STILL) == dose
    emergency = Reply("emergency", "112", "en")
    assert CONSENTS.beside(emergency, finished(), OPEN_STILL) == emergency


# The early end


@pytest.mark.parametrize(
    "said", ["no", "no thanks", "let's end here", "that's enough", "stop", "I don't want to go on"]
)
def test_whoever_does_not_go_on_is_asked(said: str) -> None:
    """After the word that an answer settles the outcome, a no brings the result and the question."""
    early = replace(finished(age_years=12), status=STOPPED, told_out=True, key="sex")
    heard = say(said, "deny" if said.startswith("no") else "stop", state=early, sharing=Sharing(), last=NOTICE)
    assert heard.reply
    assert heard.reply.kind == "prescreen_result"
    assert "180 days" in heard.reply.text
    assert last_of(heard.reply) == CONSENT
    assert heard.reply.buttons[-1].payload == "/resume"
    assert say("yes", "affirm", state=early, sharing=Sharing(), last=NOTICE) == Said()


# Afterwards


def test_shared() -> None:
    """The reply has the reference, on a line of its own and in the verdict, and how to have it deleted."""
    reply = CONSENTS.shared(finished(), REFERENCE)
    assert reply.kind == "prescreen_result"
    assert reply.verdict
    assert reply.verdict["reference"] == REFERENCE
    assert REFERENCE in reply.text.split("\n")
    assert f"delete my data {REFERENCE}" in reply.text
    assert "180 days" in reply.text
    assert [button.title for button in reply.buttons[:2]] == ["Leave my contact", "No, thanks"]
    assert last_of(reply) == CONTACT


def test_the_reference_stays_with_the_result() -> None:
    """What is said of the result later carries the reference; one that was not shared can be shared later."""
    result = interview("en").rules(finished())
    told = CONSENTS.with_reference(result, DONE).verdict
    assert told
    assert told["reference"] == REFERENCE
    declined = CONSENTS.with_reference(result, Sharing(DECLINED, (REFERENCE,)))
    assert "reference" not in (declined.verdict or {})
    assert declined.buttons[-1].payload == f"/{SHARE}"
    dose = Reply("answer", "400 mg.", "en")
    assert CONSENTS.with_reference(dose, DONE) == dose


def test_it_could_not_be_stored() -> None:
    """Then nothing was passed on, and a button tries again."""
    reply = CONSENTS.failed()
    assert "Nothing was passed on" in reply.text
    assert [button.payload for button in reply.buttons] == [f"/{SHARE}", f"/{KEEP}"]
    assert last_of(reply) == CONSENT
    assert reply.verdict is None


def test_it_travels_in_a_slot() -> None:
    """What was agreed comes back from its slot as it was, and holds nothing of a contact."""
    sharing = Sharing(SHARED, (REFERENCE, "RS-222222"), 1.0, 2.0, 3.0, "name", 1, REFERENCE)
    assert Sharing.from_dict(sharing.as_dict()) == sharing
    assert Sharing.from_dict(None) == Sharing()
    assert not {"phone", "email", "number"} & set(sharing.as_dict())


# Texts


def texts(entry: Any) -> list[str]:
    """Every text in a nested mapping of texts."""
    if isinstance(entry, dict):
        return [text for part in entry.values() for text in texts(part)]
    return [text for part in entry for text in texts(part)] if isinstance(entry, list) else [str(entry)]


GIVEN = {"reference": "your code", "example": "this", "name": "Anna", "phone": "no", "email": "no"}


@pytest.mark.parametrize("text", [text for text in texts(TEXTS) if len(text.split()) > 3])
def test_texts_are_plain(text: str) -> None:
    """Every text is readable after eight years of school, and short."""
    said = CONSENTS._texts._wording.fill(text, GIVEN)
    assert "{" not in said
    assert grade(said) <= 8
    assert len(said.split()) <= 60


def test_yes_and_no_weigh_the_same() -> None:
    """Neither button is longer, kinder or further away than the other by more than a word."""
    share, keep = (str(TEXTS["buttons"][name]) for name in ("share", "keep"))
    assert abs(len(share.split()) - len(keep.split())) <= 1
