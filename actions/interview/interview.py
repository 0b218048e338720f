"""A turn of the pre-screening: what was heard becomes an answer, a wish or a question, and is replied to.

In this order: an emergency, what can be pressed, a wish (why, back, stop …), a correction, a question about
the trial, an answer. What cannot be an answer is never stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from actions.answering import Answerer, Talk, Turn
from actions.interview.questions import Question, Questionnaire
from actions.interview.state import FINISHED, OPEN, STOPPED, State, exacted, plain
from actions.interview.suppositions import Suppositions, keys_named, stands_in
from actions.interview.wording import InterviewWording
from actions.prescreen import Verdict, faults, judge, steps, trial
from actions.prescreen.days import span
from actions.reading import AnswerReader, Command, CommandReader, NotUnderstood, Reading, Skipped, Understood
from actions.reading.commands import Kind
from actions.reading.outcomes import UNREADABLE
from actions.replies import Button, Reply

#: After so many answers that could not be taken, skipping is offered.
TRIES = 2
#: Seconds that an answer takes, roughly; for “about 8 minutes”.
SECONDS_EACH = 12
#: Kinds of replies that answer something asked in passing.
ANSWERED = ("answer", "not_in_sources", "medical_advice", "service", "smalltalk", "out_of_scope")
#: What buttons ask of an open pre-screening; one of an earlier reply may be pressed at any time.
PRESSED: Mapping[str, Kind] = {
    "stop": "stop",
    "resume": "resume",
    "prescreen": "resume",
    "start_again": "restart",
    "delete_data": "forget",
    "show_answers": "show",
    "change_answer": "change",
    "go_back": "back",
    "dont_know": "dont_know",
    "why": "why",
}


@dataclass(frozen=True)
class Heard:
    """What the person said.

    Attributes:
        text: as typed; the payload of a button is its title.
        turn: what it asks, if it is a question.
        asks: whether it has the form of a question.
        sure: whether it is beyond doubt what it asks or says; of an answer it is not.
    """

    text: str
    turn: Turn
    asks: bool = False
    sure: bool = True

    @property
    def topic(self) -> str:
        """What it asks about first."""
        return self.turn.questions[0].topic


class Interview:
    """Holds the pre-screening in one language: a turn takes a state, and gives the reply and the next state."""

    def __init__(
        self,
        questionnaire: Questionnaire,
        wording: InterviewWording,
        answers: AnswerReader,
        commands: CommandReader,
        suppositions: Suppositions,
        answerer: Answerer,
        language: str,
    ) -> None:
        self._questionnaire = questionnaire
        self._wording = wording
        self._reader = answers
        self._commands = commands
        self._suppositions = suppositions
        self._answerer = answerer
        self._language = language

    def begin(self, on: date) -> tuple[Reply, State]:
        """Starts: says what this is, and asks the first question."""
        state = State(on.isoformat())
        first = self._questionnaire.next({}, {}, on)
        assert first is not None
        state.key = first.key
        count = len(self._questionnaire.asked({}, on))
        minutes = max(1, round(count * SECONDS_EACH / 60))
        intro = self._wording.text("intro", count=str(count), minutes=str(minutes))
        return self._asking(state, intro), state

    def length(self, text: str) -> Reply | None:
        """How long the questions take, if that is what is asked before they begin; None if it is not."""
        command = self._commands.read(text, self._wording.names())
        if command is None or command.kind != "progress":
            return None
        count = len(self._questionnaire.asked({}, date.today()))
        minutes = max(1, round(count * SECONDS_EACH / 60))
        return self._service(self._wording.text("length", count=str(count), minutes=str(minutes)), "start")

    def resume(self, state: State) -> tuple[Reply, State]:
        """Takes a stopped pre-screening up again at the open question."""
        state = replace(state, status=OPEN)
        return self._onward(state, self._wording.text("resumed"))

    def hear(self, heard: Heard, state: State, talk: Talk) -> tuple[Reply, State, Talk]:
        """A turn while a question is open."""
        state = replace(state, answers=dict(state.answers), skipped=dict(state.skipped), trail=list(state.trail))
        if any(asked.topic == "emergency" for asked in heard.turn.questions):
            reply, talk = self._answerer.reply(heard.turn, talk)
            return reply, replace(state, status=STOPPED), talk
        # Whoever goes on with the questions after an emergency is out of it.
        talk = replace(talk, alarm=False)
        if state.key is None:
            return self._choose(heard, state, talk)
        question = self._open(state)
        pressed = self._pressed(question, heard.text) if state.half is None else None
        if pressed is not None:
            reply, state = self._store(state, question, pressed)
            return reply, state, talk
        if self._has_none(question, heard.text):
            reply, state = self._skip(state, question, "dont_know")
            return reply, state, talk
        if heard.topic == "too_long":
            answered, _ = self._answerer.reply(heard.turn, talk)
            return self._with_question(replace(answered, kind="question"), state), state, talk
        changed = None if heard.text.startswith("/") else self._changed_to(heard.text, state)
        if changed is not None:
            reply, state = changed
            return reply, state, talk
        command = self._wish(heard)
        if command and command.kind == "meaning" and command.key not in (None, question.key):
            # A word that is not of the open question: perhaps of the trial.
            answered, after = self._answerer.reply(heard.turn, talk)
            if answered.kind in ("answer", "not_in_sources"):
                return self._with_question(answered, state), state, after
        if command:
            reply, state = self._obey(command, state, question)
            return reply, state, talk
        read = self._read(question, heard.text, state)
        if isinstance(read, Understood) and self._reader.opens_with_yes_or_no(heard.text):
            heard = replace(heard, asks=False)  # “yes, had it out 2 years ago” only looks like a question
        corrected = None if heard.asks else self._corrected(heard.text, state, read)
        if corrected is not None:
            reply, state = corrected
            return reply, state, talk
        if heard.asks or (heard.sure and _is_no_try(read, heard.text, question)):
            if heard.topic == "delete_data":
                reply, state = self._obey(Command("forget"), state, question)
                return reply, state, talk
            passing, after = self._passing(heard, state, talk)
            if passing:
                return self._with_question(passing, state), state, after
        of_whom = self._of_whom(question, heard.text, read, state)
        if of_whom:
            state = replace(state, for_another=True)
            if of_whom == "of_another":
                return self._asking(state, self._wording.text(of_whom)), state, talk
        reply, state = self._take(read, state, question, heard.text)
        if of_whom:
            reply = replace(reply, text="\n\n".join([self._wording.text(of_whom), reply.text]))
        return reply, state, talk

    def _of_whom(self, question: Question, text: str, read: Reading, state: State) -> str | None:
        """What to say to somebody who answers for another person, or tells of one; once is enough."""
        if state.for_another:
            return None
        if question.of_whom and self._reader.names_a_relative(text):
            return "for_another"
        if not isinstance(read, Understood):
            return None
        if self._reader.is_of_a_relative(text) and not self._reader.opens_with_yes_or_no(text):
            return "of_another"
        return "for_another" if self._reader.is_of_another(text) else None

    def _changed_to(self, text: str, state: State) -> tuple[Reply, State] | None:
        """“Change my age to 63”: another answer to an earlier question, in one message."""
        named = self._commands.change_to(text, self._wording.names())
        if named is None or named[0] == state.key or named[0] not in {*state.answers, *state.skipped}:
            return None
        return self._put_right(replace(state, status=OPEN), *named)

    def _wish(self, heard: Heard) -> Command | None:
        """A wish, in words or by a button."""
        if heard.text.startswith("/"):
            kind = PRESSED.get(heard.topic)
            return Command(kind) if kind else None
        return self._commands.read(heard.text, self._wording.names())

    def _corrected(self, text: str, state: State, read: Reading) -> tuple[Reply, State] | None:
        """“Sorry, I meant 72”: another answer to the question before, or another result before its limit.

        `read` is what the text is as an answer to the open question.
        """
        last = state.key if state.half is not None else state.trail[-1] if state.trail else None
        if last is None:
            return None
        corrected = self._reader.correction(text)
        if corrected is not None:
            return self._put_right(state, last, corrected)
        exchange = self._reader.exchange(text)
        if exchange:
            given = [key for key in reversed(state.trail) if key in state.answers]
            for key in dict.fromkeys([last, *given]):
                if self._was(state, key, exchange[1]):
                    return self._put_right(state, key, exchange[0])
        if self._is_part(state, last, text) and not isinstance(read, Understood):
            return self._put_right(state, last, text)
        return None

    def _put_right(self, state: State, key: str, text: str) -> tuple[Reply, State] | None:
        question = self._questionnaire[key]
        before = _date(state.answers.get(key))
        state = replace(state, key=key, half=None)
        read = self._read(question, text, state, before)
        if not isinstance(read, Understood):
            return None
        reply, after = self._taken(read, state, question)
        if set(after.trail) == set(state.trail):
            after = replace(after, trail=state.trail)  # “back” still leads to the question before the open one
        return reply, after

    def _was(self, state: State, key: str, text: str) -> bool:
        """Whether the text says the answer that was given."""
        given = state.half if state.half is not None and key == state.key else state.answers.get(key)
        state = replace(state, key=key, half=None)
        read = self._read(self._questionnaire[key], text, state, _date(state.answers.get(key)))
        return isinstance(read, Understood) and plain(read.value) == given

    def _is_part(self, state: State, key: str, text: str) -> bool:
        """Whether the text gives the day of a date of which the month was told, and no other answer is asked for."""
        given, question = state.answers.get(key), self._questionnaire[key]
        asked = self._open(state)
        if question.input != "date" or asked.input in ("date", "lab") or not self._reader.is_date(text):
            return False
        read = self._read(question, text, replace(state, key=key, half=None), _date(given))
        return isinstance(read, Understood) and read.value != given and str(read.value).startswith(f"{given}-")

    def _passing(self, heard: Heard, state: State, talk: Talk) -> tuple[Reply | None, Talk]:
        """The reply to what was asked or said in passing; None if it was no such thing."""
        about = self.of_result(heard.topic, heard.text, state) if state.trail else None
        if about:
            return replace(about, kind="question", verdict=None), talk
        answered, after = self._answerer.reply(heard.turn, talk)
        if answered.kind in ANSWERED and (heard.asks or self._is_no_answer(answered)):
            return answered, after
        return None, talk

    @staticmethod
    def _is_no_answer(reply: Reply) -> bool:
        """Whether what cannot be read was meant as a question; a statement about a rule may be a clumsy answer."""
        if reply.kind == "answer":
            return reply.topic != "criterion"
        return reply.kind in ("not_in_sources", "medical_advice", "service", "smalltalk")

    def back(self, state: State) -> tuple[Reply, State]:
        """From a pre-screening that rests or has ended, to the question that was answered last."""
        return self._back(replace(state, status=OPEN))

    def change(self, state: State, key: str) -> tuple[Reply, State]:
        """Asks a question again whose answer the person wants to change."""
        state = replace(self._without(state, key), status=OPEN, key=key, half=None, tries=0, doubted=False)
        return self._asking(state), state

    def reopen(self, state: State, text: str) -> tuple[Reply, State]:
        """Changes the answer that the text names (“my age is wrong”), or asks which."""
        changed = self._changed_to(text, state)
        if changed is not None:
            return changed
        key = self._key_named(text)
        if key is not None and key in {*state.answers, *state.skipped}:
            return self.change(state, key)
        state = replace(state, status=OPEN, key=None, half=None)
        return self._which(state), state

    def _choose(self, heard: Heard, state: State, talk: Talk) -> tuple[Reply, State, Talk]:
        """A turn in which the person was asked which answer to change."""
        command = self._wish(heard)
        if command and command.kind in ("back", "resume"):
            reply, state = self._onward(state)
            return reply, state, talk
        if command and command.kind in ("stop", "later", "forget", "restart"):
            reply, state = self._leave(command, state)
            return reply, state, talk
        if heard.asks and not command:
            answered, talk = self._answerer.reply(heard.turn, talk)
            if answered.kind in ANSWERED:
                return answered, state, talk
        reply, state = self.reopen(state, heard.text)
        return reply, state, talk

    def _key_named(self, text: str) -> str | None:
        command = self._commands.read(text, self._wording.names())
        if command and command.key:
            return command.key
        return next(iter(keys_named(text, self._wording.names())), None)

    def _which(self, state: State) -> Reply:
        """Asks which answer is to be changed."""
        text = "\n\n".join([self._wording.text("change_which"), self._wording.answers(state)])
        return self._service(text, "go_on")

    # What is done with what was read

    def _take(self, read: Reading, state: State, question: Question, text: str) -> tuple[Reply, State]:
        if isinstance(read, Understood):
            return self._taken(read, state, question, self._beside(question, text, state))
        if isinstance(read, Skipped):
            return self._skip(state, question, read.how)
        state = replace(state, tries=state.tries + 1, doubted=read.reason == "contrary")
        unreadable = read.reason == "unreadable" or (read.reason == "vague" and question.input == "integer")
        hint = self._wording.of(question.key, "again") if unreadable else None
        said = [hint or self._reason(read.reason, state, question)]
        if state.tries >= TRIES:
            said.append(self._wording.text("offer_skip"))
        return self._asking(state, *said), state

    def _reason(self, reason: str, state: State, question: Question) -> str:
        """Why an answer could not be taken."""
        units: Sequence[str] = question.units
        if reason == "vague" and question.input != "date":
            reason = "vague_number"
        if reason == "implausible" and question.input == "blood_pressure":
            reason = "implausible_pressure"
        if reason == "no_unit" and state.half is not None:
            reason, units = "other_unit", [state.half["unit"]]
        return self._wording.text("reasons", reason, units=self._wording.units(units))

    def _beside(self, question: Question, text: str, state: State) -> dict[str, Any]:
        """What was answered in the same breath, of questions that are still to come: “a woman of 58”."""
        found = {}
        for key in question.also:
            if key not in state.answers and key not in state.skipped:
                read = self._reader.choice(text, self._wording.in_passing(key))
                if isinstance(read, Understood):
                    found[key] = read.value
        return found

    def _taken(
        self, read: Understood, state: State, question: Question, beside: Mapping[str, Any] | None = None
    ) -> tuple[Reply, State]:
        """Keeps what was understood, and if a date was said roughly, that it was."""
        rough = {key: about for key, about in state.rough.items() if key != question.key}
        if read.about:
            rough[question.key] = {"said": read.value, "day": read.about[0], "by": read.about[1]}
        return self._store(replace(state, rough=rough), question, read.value, beside)

    def _store(
        self, state: State, question: Question, value: Any, beside: Mapping[str, Any] | None = None
    ) -> tuple[Reply, State]:
        """Keeps an answer, and what was answered `beside` it, if it can stand beside the others, and goes on."""
        value = plain(value)
        if state.half is not None:
            value = {**state.half, "upper_limit": value}
        elif question.limit and isinstance(value, Mapping) and not value.get("upper_limit"):
            state = replace(state, half=dict(value), tries=0)
            return self._asking(state), state
        answers = {**state.answers, question.key: value}
        if state.disputed != question.key and faults(replace(state, answers=answers).judged(), state.day):
            # Whoever then says the same again means it: the other answer is dropped.
            state = replace(state, half=None, disputed=question.key)
            return self._asking(state, self._wording.text(self._contradiction(answers))), state
        state = self._noted(state, question.key, answers, state.skipped)
        for key, other in (beside or {}).items():
            both = {**state.answers, key: other}
            if not faults(replace(state, answers=both).judged(), state.day):
                state = self._noted(state, key, both, state.skipped)
        said = [self._said_back(state, key) for key in (question.key, *(beside or {})) if key in state.answers]
        return self._onward(state, " ".join(said), *self._day_would_help(state, question))

    def _said_back(self, state: State, key: str) -> str:
        """What was understood, so that it can be put right."""
        return self._wording.text(
            "said_back", short=self._wording.short(key), answer=self._wording.answer_of(state, key)
        )

    def _day_would_help(self, state: State, question: Question) -> list[str]:
        """A word on the day of a date, where the month leaves a rule open and every day of it would not."""
        given = state.answers.get(question.key)
        days = span(given) if question.input == "date" and isinstance(given, str) else None
        following = self._questionnaire.next(state.answers, state.skipped, state.day)
        # The day can be told at once, unless the next question asks for a date itself.
        if days is None or days[0] == days[1] or following is None or following.input in ("date", "lab"):
            return []
        ends = [date.fromordinal(min(day, state.day.toordinal())).isoformat() for day in days]
        now, first, last = (self._turning_on(state, question.key, day) for day in (given, *ends))
        helps = any(
            unsure is None and None not in (one, other) for unsure, one, other in zip(now, first, last, strict=True)
        )
        return [self._wording.text("day_helps")] if helps else []

    @staticmethod
    def _contradiction(answers: Mapping[str, Any]) -> str:
        """Which two answers do not go together (specification, E19)."""
        return "contradiction_male" if answers.get("sex") == "male" else "contradiction_pregnant"

    def _skip(self, state: State, question: Question, how: str) -> tuple[Reply, State]:
        # Of a laboratory value the result may be known and its limit not: it is kept, and the rule stays open.
        known = {} if state.half is None else {question.key: state.half}
        unknown = {question.key: how} if state.half is None else {}
        others = self._without(state, question.key)
        answers, skipped = {**others.answers, **known}, {**others.skipped, **unknown}
        state = self._noted(state, question.key, answers, skipped)
        return self._onward(state, self._wording.text("skipped"))

    def _noted(self, state: State, key: str, answers: Mapping[str, Any], skipped: Mapping[str, str]) -> State:
        """The state after an answer, or the lack of one, without what no longer matters for this person."""
        answers = self._questionnaire.relevant(answers, state.day)
        rough = {other: said for other, said in state.rough.items() if other in answers}
        answers = self._as_exact_as_needed(answers, rough, state.day)
        asked = {question.key for question in self._questionnaire.asked(answers, state.day)}
        skipped = {other: how for other, how in skipped.items() if other in asked and other not in answers}
        trail = [other for other in state.trail if other != key and (other in answers or other in skipped)]
        return replace(
            state,
            answers=answers,
            skipped=skipped,
            rough=rough,
            trail=[*trail, key],
            half=None,
            tries=0,
            doubted=False,
            disputed=None,
        )

    @staticmethod
    def _as_exact_as_needed(
        answers: Mapping[str, Any], rough: Mapping[str, Mapping[str, Any]], on: date
    ) -> dict[str, Any]:
        """Takes a day for a date that was said roughly, where every day that may be meant comes to the same."""
        exact = dict(answers)
        for key, said in rough.items():
            middle = date.fromisoformat(said["day"])
            around = (middle + timedelta(days=days) for days in range(-said["by"], said["by"] + 1))
            verdicts = [judge(exacted({**exact, key: day.isoformat()}), on) for day in around if day <= on]
            alike = all(verdict.criteria == verdicts[0].criteria for verdict in verdicts)
            exact[key] = said["day"] if alike else said["said"]
        return exact

    def _onward(self, state: State, *said: str) -> tuple[Reply, State]:
        """The next question; the result where there is none; a word where the outcome is settled."""
        following = self._questionnaire.next(state.answers, state.skipped, state.day)
        verdict = self.verdict(state)
        if following is None:
            state = replace(state, status=FINISHED, key=None, half=None)
            return self.result_of(state, *said), state
        state = replace(state, key=following.key if state.half is None else state.key, tries=0, doubted=False)
        out = verdict.outcome == "not_a_match"
        told, state = state.told_out, replace(state, told_out=out)
        if out and not told:
            state = replace(state, status=STOPPED)
            return self._out_already(verdict, *said), state
        return self._asking(state, *said), state

    def _obey(self, command: Command, state: State, question: Question) -> tuple[Reply, State]:
        """A wish: why, back, stop …"""
        text = self._wording.text
        if command.kind in ("dont_know", "rather_not"):
            return self._skip(state, question, command.kind)
        if command.kind == "why":
            return self._asking(state, self._wording.of(command.key or question.key, "why") or ""), state
        if command.kind == "meaning":
            return self._asking(state, self._wording.of(command.key or question.key, "help") or ""), state
        if command.kind == "show":
            return self._asking(state, self._wording.answers(state)), state
        if command.kind == "progress":
            return self._asking(state, self._left(state)), state
        if command.kind == "back":
            return self._back(state)
        if command.kind == "change":
            if command.key is None or (command.key not in state.answers and command.key not in state.skipped):
                return self._asking(state, text("change_which"), self._wording.answers(state)), state
            return self.change(state, command.key)
        if command.kind in ("stop", "later", "forget", "restart"):
            return self._leave(command, state)
        return self._asking(state), state

    def _left(self, state: State) -> str:
        """How many questions are still to come, and how long they take."""
        place = self._place(state)
        left = place["of"] - place["number"]
        minutes = max(1, round((left + 1) * SECONDS_EACH / 60))
        if not left:
            return self._wording.text("last_to_ask")
        return self._wording.text("left_to_ask", count=str(left), minutes=str(minutes))

    def _back(self, state: State) -> tuple[Reply, State]:
        """The question before; from a laboratory's limit, its result."""
        if state.half is not None and state.key is not None:
            return self.change(state, state.key)
        if not state.trail:
            return self._asking(state, self._wording.text("nothing_before")), state
        return self.change(state, state.trail[-1])

    def _leave(self, command: Command, state: State) -> tuple[Reply, State]:
        """Away from the questions: for a while, for good with all answers, or back to the first."""
        if command.kind == "forget":
            return self._service(self._wording.text("forgotten"), "start"), State(state.on, status=FINISHED)
        if command.kind == "restart":
            return self.begin(state.day)
        text = self._wording.text("stopped" if command.kind == "stop" else "later")
        return self._service(text, "go_on"), replace(state, status=STOPPED)

    # What is said

    def _asking(self, state: State, *said: str) -> Reply:
        """The open question, after what there is to say before it."""
        question = self._open(state)
        place = self._place(state)
        progress = self._wording.text("progress", number=str(place["number"]), of=str(place["of"]))
        asked = self._wording.of(question.key, "limit" if state.half is not None else "text") or ""
        text = "\n\n".join([*(part for part in said if part), f"{progress} {asked}"])
        buttons = self._wording.buttons(question, state.half is not None, state.tries >= TRIES, state.doubted)
        return Reply("question", text, self._language, buttons=buttons, question=place)

    def _with_question(self, answered: Reply, state: State) -> Reply:
        """An answer given in passing, and the open question again."""
        asking = self._asking(state)
        return replace(
            answered, text=f"{answered.text}\n\n{asking.text}", buttons=asking.buttons, question=asking.question
        )

    def beside(self, reply: Reply, state: State) -> Reply:
        """A reply to something that is no part of the questions; the open one again, where one is open."""
        return self._with_question(reply, state) if state.status == OPEN and state.key else reply

    def _place(self, state: State) -> dict[str, Any]:
        """The open question as ``custom.question``."""
        question = self._open(state)
        asked = [other.key for other in self._questionnaire.asked(state.answers, state.day)]
        behind = [key for key in state.trail if key != question.key]
        total = len(set(asked) | set(behind) | {question.key})
        place: dict[str, Any] = {
            "key": question.key,
            "number": len(behind) + 1,
            "of": max(total, len(behind) + 1),
            "input": question.input,
        }
        choices = self._wording.choices(question, state.doubted)
        if choices and state.half is None:
            place["choices"] = choices
        return place

    def verdict(self, state: State) -> Verdict:
        """What the rules find for the answers so far."""
        return judge(state.judged(), state.day)

    def _untouched(self, state: State) -> list[str]:
        """The rules that were not gone through: none of the questions they look at was asked."""
        gone_through = {*state.trail, *state.answers}
        return [
            id
            for id, criterion in trial().criteria.items()
            if criterion.rule and not gone_through.intersection(_looked_at(id))
        ]

    def result(self, verdict: Verdict, *said: str, untouched: Sequence[str] = ()) -> Reply:
        """The end of a pre-screening; `untouched` are the rules that were not gone through."""
        text = "\n\n".join([*said, self._wording.result(verdict, untouched)])
        buttons = self._buttons(
            ("see_rules", "see_rules"),
            ("change_answer", "change_answer"),
            ("summary", "summary"),
            ("start_again", "prescreen"),
        )
        return Reply("prescreen_result", text, self._language, verdict=verdict.as_dict(), buttons=buttons)

    def _out_already(self, verdict: Verdict, *said: str) -> Reply:
        told = [self._wording.text("already_out"), self._wording.result(verdict, short=True)]
        text = "\n\n".join([*said, *told, self._wording.text("shall_we_go_on")])
        buttons = self._buttons(
            ("go_on", "resume"), ("end_here", "deny"), ("see_rules", "see_rules"), ("change_answer", "change_answer")
        )
        return Reply("prescreen_result", text, self._language, verdict=verdict.as_dict(), buttons=buttons)

    # What is asked about the result

    def rules(self, state: State) -> Reply:
        """Every rule with its status."""
        verdict = self.verdict(state)
        rules = self._wording.rules(verdict, self._untouched(state))
        return replace(self.result(verdict), text=f"{rules}\n\n{self._wording.text('only_team_decides')}")

    def summary(self, state: State) -> Reply:
        """What was answered and found, to take along."""
        verdict = self.verdict(state)
        heading = self._wording.text("summary_heading", day=self._wording.day(state.day))
        untouched = self._untouched(state)
        told = [self._wording.rules(verdict, untouched), self._wording.result(verdict, untouched)]
        text = "\n\n".join([heading, self._wording.answers(state), *told])
        return replace(self.result(verdict), text=text)

    def why_not(self, state: State) -> Reply:
        """What speaks against the rules."""
        verdict = self.verdict(state)
        against = [finding.id for finding in verdict.criteria if finding.status == "not_satisfied"]
        lines = [
            self._wording.text("does_not_line", title=self._wording.title(id), reason=self._wording.reason(id))
            for id in against
        ]
        text = "\n".join(lines) or self._wording.text("why_not_all_fits")
        return replace(self.result(verdict), text=f"{text}\n\n{self._wording.text('only_team_decides')}")

    def result_of(self, state: State, *said: str) -> Reply:
        """The result of a pre-screening as it stands."""
        reply = self.result(self.verdict(state), *said, untouched=self._untouched(state))
        if state.status != STOPPED:
            return reply
        # What rests is gone on with before it is started again.
        return replace(reply, buttons=(*reply.buttons[:-1], *self._buttons(("go_on", "resume"))))

    def names(self) -> dict[str, list[str]]:
        """How people name each answer."""
        return self._wording.names()

    def text(self, *path: str) -> str:
        """A text of prescreen.yml."""
        return self._wording.text(*path)

    def agrees(self, text: str) -> bool:
        """Whether a message is a yes, in whatever words."""
        return self._reader.boolean(text) == Understood(True)

    def refuses(self, text: str) -> bool:
        """Whether a message is a no, in whatever words."""
        return self._reader.boolean(text) == Understood(False)

    def opens_with_yes_or_no(self, text: str) -> bool:
        """Whether a message begins with a plain yes or no, whatever follows."""
        return self._reader.opens_with_yes_or_no(text)

    def wish(self, text: str) -> Kind | None:
        """What a message wants of the questions themselves, if it is such a wish: back, stop …"""
        command = self._commands.read(text, self._wording.names())
        return command.kind if command else None

    def rules_about(self, keys: Sequence[str]) -> list[str]:
        """The rules that look at the first of these answers at which any does."""
        for key in keys:
            rules = [id for id in trial().criteria if key in _looked_at(id)]
            if rules:
                return rules
        return []

    def rules_of(self, state: State, rules: Sequence[str]) -> Reply:
        """What was found for these rules, and the answers that they rest on."""
        verdict = self.verdict(state)
        told = [
            self._wording.finding(verdict.finding(id), [key for key in _looked_at(id) if key in state.answers], state)
            for id in rules
        ]
        return replace(self.result(verdict), text="\n\n".join([*told, self._wording.text("only_team")]))

    def what_if(self, state: State, text: str) -> Reply:
        """The outcome if one answer were another; the answers stay as they are."""
        supposed = self._suppositions.supposed(text)
        for key in self._suppositions.keys(supposed, self._wording.names()):
            value = self._supposed(self._questionnaire[key], supposed, state)
            if value is None:
                continue
            answers = self._questionnaire.relevant({**state.answers, key: value}, state.day)
            other = self.verdict(replace(state, answers=answers))
            day = self._wording.day(other.recheck_on) if other.recheck_on else ""
            said = self._wording.text(
                "what_if",
                short=self._wording.short(key),
                answer=self._wording.answer(key, value),
                outcome=self._wording.text("outcomes", other.outcome, day=day),
            )
            return replace(self.result(other), text=said)
        return replace(self.result(self.verdict(state)), text=self._wording.text("what_if_which"))

    def _supposed(self, question: Question, text: str, state: State) -> Any:
        """The answer that is supposed; a laboratory value in the unit, and with the limit, of the one given."""
        state = replace(state, half=None)
        given = state.answers.get(question.key)
        read = self._read(question, text, state)
        if question.input == "lab" and isinstance(given, Mapping) and not isinstance(read, Understood):
            unit = given["unit"]
            bare = self._reader.number(text, unit, question.units, question.plausible.get(unit))
            read = Understood({"value": bare.value, "unit": unit}) if isinstance(bare, Understood) else bare
        if not isinstance(read, Understood):
            return None
        value = plain(read.value)
        if isinstance(value, Mapping) and isinstance(given, Mapping) and value.get("unit") == given.get("unit"):
            return {**given, **value}
        return value

    def of_result(self, topic: str, text: str, state: State) -> Reply | None:
        """The reply to a question about the answers or what was found; None if it is no such question."""
        if topic == "what_if":
            return self.what_if(state, text)
        replies = {
            "show_answers": self.show,
            "see_rules": self.rules,
            "summary": self.summary,
            "why_not": self.why_not,
        }
        return replies[topic](state) if topic in replies else None

    def show(self, state: State) -> Reply:
        """The answers so far."""
        return self._service(self._wording.answers(state), "go_on" if state.status == STOPPED else "start_again")

    def nothing_open(self) -> Reply:
        """There is no pre-screening to go on with, or to look at."""
        return self._service(self._wording.text("nothing_open"), "start")

    def _service(self, text: str, button: str) -> Reply:
        payload = "resume" if button == "go_on" else "prescreen"
        return Reply("service", text, self._language, buttons=self._buttons((button, payload)))

    def _buttons(self, *pairs: tuple[str, str]) -> tuple[Button, ...]:
        return tuple(Button(self._wording.text("buttons", title), f"/{intent}") for title, intent in pairs)

    # How it is read

    def _open(self, state: State) -> Question:
        assert state.key is not None
        return self._questionnaire[state.key]

    def _pressed(self, question: Question, text: str) -> Any:
        """The choice whose title or value the text is, to the letter; None if it is none."""
        written = text.strip().lower()
        in_full = self._wording.choices(question, in_full=True)
        for choice in [*self._wording.choices(question), *in_full]:
            if written in (str(choice["title"]).lower(), str(choice["value"]).lower()):
                return choice["value"]
        return None

    def _has_none(self, question: Question, text: str) -> bool:
        """Whether the person says, in words that this question knows, that there is no answer."""
        return self._reader.is_one_of(text, self._wording.unknown(question.key))

    @staticmethod
    def _turning_on(state: State, key: str, given: Any) -> list[bool | None]:
        """Every condition of the rules that looks at an answer, as it comes out where this one is given."""
        answers = exacted({**state.answers, key: given})
        return [
            step.truth
            for rule in trial().criteria
            if key in _looked_at(rule)
            for step in steps(rule, answers, state.day)
            if key in step.keys
        ]

    def _read(self, question: Question, text: str, state: State, before: str | None = None) -> Reading:
        """What a text is as an answer; `before` is the date that it puts right."""
        forms = self._wording.forms(question)
        about = self._wording.names()[question.key]
        if state.half is not None and state.key == question.key:
            unit = state.half["unit"]
            return self._reader.number(text, unit, question.units, question.plausible.get(unit))
        if question.input == "boolean":
            return self._reader.boolean(text, about, self._wording.says(question.key))
        if question.input == "integer":
            return self._read_integer(question, text)
        if question.input == "date":
            if plain_words(text) in {plain_words(form) for value in question.choices for form in forms[value]}:
                return Understood(question.choices[0])
            read = self._reader.date(text, state.day, question.event, about, before, question.begins)
            elsewhere = isinstance(read, Understood) and _date(read.value) and self._is_of_another(question, text)
            return UNREADABLE if elsewhere else read
        if question.input == "choice":
            return self._reader.choice(text, forms)
        if question.input == "blood_pressure":
            return self._reader.blood_pressure(text)
        return self._reader.lab(text, question.units, question.usual, question.plausible)

    def _is_of_another(self, question: Question, text: str) -> bool:
        """Whether a date is told of something else: “I had breast cancer in 2008”, asked when the operation was."""
        subjects = self._wording.subjects()
        own = {question.key, *question.only_if}
        if any(stands_in(word, text) for key in own for word in subjects[key]):
            return False
        return any(stands_in(word, text) for key, words in subjects.items() if key not in own for word in words)

    def _read_integer(self, question: Question, text: str) -> Reading:
        """A number, or what one of them is called (“I can do light work” for a performance status)."""
        ends = (question.lowest or 0, question.highest or 0)
        forms = self._wording.forms(question)
        # “None” is 0 only where 0 is said so: of metastases it is, of a performance status it is not.
        never = 0 if "none" in forms.get(0, []) else None
        if self._reader.boolean(text, self._wording.names()[question.key]) == Understood(False):
            return UNREADABLE if never is None else Understood(never)
        # A bare number among other words is not looked for: of “more than 4” or “3 years ago” it is no answer.
        named = {
            str(value): [form for form in said if not isinstance(self._reader.integer(form, *ends), Understood)]
            for value, said in forms.items()
        }
        read = self._reader.choice(text, named) if named else UNREADABLE
        if isinstance(read, Understood):
            return Understood(int(read.value))
        return self._reader.integer(text, *ends, never, question.advances)

    @staticmethod
    def _without(state: State, key: str) -> State:
        return replace(
            state,
            answers={other: value for other, value in state.answers.items() if other != key},
            skipped={other: how for other, how in state.skipped.items() if other != key},
            trail=[other for other in state.trail if other != key],
        )


def _is_no_try(read: Reading, text: str, question: Question) -> bool:
    """Whether a text does not look like an answer at all; of a number, it has no number in it."""
    without_number = question.input == "integer" and not any(letter.isdigit() for letter in text)
    return read == UNREADABLE or (read == NotUnderstood("vague") and without_number)


@lru_cache(maxsize=100)
def _looked_at(rule: str) -> tuple[str, ...]:
    """The answers that a rule looks at."""
    return tuple(dict.fromkeys(key.split(".")[0] for step in steps(rule, {}, date.max) for key in step.keys))


def _date(answer: Any) -> str | None:
    """The date that was answered before, if one was."""
    return answer if isinstance(answer, str) and answer[:1].isdigit() else None


def plain_words(text: str) -> str:
    """A text in lower case, without marks at its ends and double spaces."""
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!?,")
