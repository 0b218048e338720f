"""A turn of the pre-screening: what was heard becomes an answer, a wish or a question, and is replied to.

In this order: an emergency, what can be pressed, a wish (why, back, stop …), a correction, a question about
the trial, an answer. What cannot be an answer is never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from actions.answering import Answerer, Talk, Turn
from actions.interview.questions import Question, Questionnaire
from actions.interview.state import FINISHED, OPEN, STOPPED, State, plain
from actions.interview.wording import InterviewWording
from actions.prescreen import Verdict, faults, judge
from actions.reading import AnswerReader, Command, CommandReader, NotUnderstood, Reading, Skipped, Understood
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
    """

    text: str
    turn: Turn
    asks: bool = False

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
        answerer: Answerer,
        language: str,
    ) -> None:
        self._questionnaire = questionnaire
        self._wording = wording
        self._reader = answers
        self._commands = commands
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
        command = self._wish(heard)
        if command and self._is_about_another(command, question):
            answered, after = self._answerer.reply(heard.turn, talk)
            if answered.kind in ("answer", "not_in_sources"):
                return self._with_question(answered, state), state, after
        if command:
            reply, state = self._obey(command, state, question)
            return reply, state, talk
        corrected = None if heard.asks else self._corrected(heard.text, state)
        if corrected is not None:
            reply, state = corrected
            return reply, state, talk
        read = self._read(question, heard.text, state)
        if heard.asks or read == UNREADABLE:
            answered, after = self._passing(heard, state, talk)
            if answered:
                return answered, state if answered.question else State(state.on, FINISHED), after
        reply, state = self._take(read, state, question)
        return reply, state, talk

    def _wish(self, heard: Heard) -> Command | None:
        """A wish, in words or by a button."""
        if heard.text.startswith("/"):
            kind = PRESSED.get(heard.topic)
            return Command(kind) if kind else None
        return self._commands.read(heard.text, self._wording.names())

    @staticmethod
    def _is_about_another(command: Command, question: Question) -> bool:
        """Whether a word or a reason is asked for that is not of the open question: perhaps of the trial."""
        return command.kind in ("why", "meaning") and command.key not in (None, question.key)

    def _corrected(self, text: str, state: State) -> tuple[Reply, State] | None:
        """“Sorry, I meant 72”: another answer to the question before, or another result before its limit."""
        corrected = self._reader.correction(text)
        key = state.key if state.half is not None else state.trail[-1] if state.trail else None
        if corrected is None or key is None:
            return None
        question = self._questionnaire[key]
        state = replace(state, key=key, half=None)
        read = self._read(question, corrected, state)
        return self._store(state, question, read.value) if isinstance(read, Understood) else None

    def _passing(self, heard: Heard, state: State, talk: Talk) -> tuple[Reply | None, Talk]:
        """What was asked or said in passing, answered; None if it was no such thing."""
        about = self._of_result(heard.topic, heard.text, state)
        if about:
            return self._with_question(replace(about, kind="question", verdict=None), state), talk
        if heard.topic == "delete_data":
            return self._forgotten(), talk
        answered, after = self._answerer.reply(heard.turn, talk)
        if answered.kind in ANSWERED and (heard.asks or self._is_no_answer(answered)):
            return self._with_question(answered, state), after
        return None, talk

    @staticmethod
    def _is_no_answer(reply: Reply) -> bool:
        """Whether what cannot be read was meant as a question; a statement about a rule may be a clumsy answer."""
        if reply.kind == "answer":
            return reply.topic != "criterion"
        return reply.kind in ("not_in_sources", "medical_advice", "service", "smalltalk")

    def change(self, state: State, key: str) -> tuple[Reply, State]:
        """Asks a question again whose answer the person wants to change."""
        state = self._without(state, key)
        return self._asking(replace(state, status=OPEN, key=key, half=None, tries=0)), state

    def reopen(self, state: State, text: str) -> tuple[Reply, State]:
        """Changes the answer that the text names (“my age is wrong”), or asks which."""
        key = self._key_named(text)
        if key is not None and key in {*state.answers, *state.skipped}:
            return self.change(state, key)
        state = replace(state, status=OPEN, key=None, half=None)
        return self._which(state), state

    def _choose(self, heard: Heard, state: State, talk: Talk) -> tuple[Reply, State, Talk]:
        """A turn in which the person was asked which answer to change."""
        command = self._commands.read(heard.text, self._wording.names())
        if command and command.kind in ("stop", "later", "back", "resume"):
            return self.result(self.verdict(state)), replace(state, status=FINISHED), talk
        if heard.asks:
            answered, talk = self._answerer.reply(heard.turn, talk)
            if answered.kind in ANSWERED:
                return answered, state, talk
        reply, state = self.reopen(state, heard.text)
        return reply, state, talk

    def _key_named(self, text: str) -> str | None:
        command = self._commands.read(text, self._wording.names())
        if command and command.key:
            return command.key
        names = self._wording.names().items()
        found = [(len(name), key) for key, forms in names for name in forms if _names(text, name)]
        return max(found)[1] if found else None

    def _which(self, state: State) -> Reply:
        """Asks which answer is to be changed."""
        text = "\n\n".join([self._wording.text("change_which"), self._wording.answers(state)])
        return self._service(text, "go_on" if state.key else "start_again")

    # What is done with what was read

    def _take(self, read: Reading, state: State, question: Question) -> tuple[Reply, State]:
        if isinstance(read, Understood):
            return self._store(state, question, read.value)
        if isinstance(read, Skipped):
            return self._skip(state, question, read.how)
        state = replace(state, tries=state.tries + 1)
        hint = self._wording.of(question.key, "again") if read.reason == "unreadable" else None
        said = [hint or self._wording.text("reasons", read.reason, units=self._wording.units(question.units))]
        if state.tries >= TRIES:
            said.append(self._wording.text("offer_skip"))
        return self._asking(state, *said), state

    def _store(self, state: State, question: Question, value: Any) -> tuple[Reply, State]:
        """Keeps an answer, if it can stand beside the others, and goes on."""
        value = plain(value)
        if state.half is not None:
            value = {**state.half, "upper_limit": value}
        elif question.limit and isinstance(value, Mapping) and not value.get("upper_limit"):
            state = replace(state, half=dict(value), tries=0)
            return self._asking(state), state
        answers = self._questionnaire.relevant({**state.answers, question.key: value}, state.day)
        if faults(replace(state, answers=answers).judged(), state.day):
            state = replace(state, half=None, tries=state.tries + 1)
            return self._asking(state, self._wording.text(self._contradiction(answers))), state
        trail = [key for key in state.trail if key != question.key and (key in answers or key in state.skipped)]
        skipped = {key: how for key, how in state.skipped.items() if key != question.key}
        state = replace(state, answers=answers, skipped=skipped, trail=[*trail, question.key], half=None, tries=0)
        said = self._wording.text(
            "said_back", short=self._wording.short(question.key), answer=self._wording.answer(question.key, value)
        )
        return self._onward(state, said)

    @staticmethod
    def _contradiction(answers: Mapping[str, Any]) -> str:
        """Which two answers do not go together (specification, E19)."""
        return "contradiction_male" if answers.get("sex") == "male" else "contradiction_pregnant"

    def _skip(self, state: State, question: Question, how: str) -> tuple[Reply, State]:
        if state.half is not None:
            # The result is known, its limit is not: it is kept, and the rule stays open.
            half, state = state.half, replace(state, half=None)
            answers = {**state.answers, question.key: half}
            state = replace(state, answers=answers, trail=[*state.trail, question.key], tries=0)
            return self._onward(state, self._wording.text("skipped"))
        state = self._without(state, question.key)
        state = replace(
            state, skipped={**state.skipped, question.key: how}, trail=[*state.trail, question.key], tries=0
        )
        return self._onward(state, self._wording.text("skipped"))

    def _onward(self, state: State, *said: str) -> tuple[Reply, State]:
        """The next question; the result where there is none; a word where the outcome is settled."""
        following = self._questionnaire.next(state.answers, state.skipped, state.day)
        verdict = self.verdict(state)
        if following is None:
            state = replace(state, status=FINISHED, key=None, half=None)
            return self.result(verdict, *said), state
        state = replace(state, key=following.key if state.half is None else state.key, tries=0)
        if verdict.outcome == "not_a_match" and not state.told_out:
            state = replace(state, status=STOPPED, told_out=True)
            return self._out_already(verdict, *said), state
        return self._asking(state, *said), state

    def _obey(self, command: Command, state: State, question: Question) -> tuple[Reply, State]:
        """A wish: why, back, stop …"""
        text = self._wording.text
        if command.kind in ("dont_know", "rather_not"):
            return self._skip(state, question, command.kind)
        if command.kind == "why":
            return self._asking(state, self._wording.of(question.key, "why") or ""), state
        if command.kind == "meaning":
            return self._asking(state, self._wording.of(question.key, "help") or ""), state
        if command.kind == "show":
            return self._asking(state, self._wording.answers(state)), state
        if command.kind == "back":
            if not state.trail:
                return self._asking(state, text("nothing_before")), state
            key = state.trail[-1]
            state = replace(self._without(state, key), key=key, half=None, tries=0)
            return self._asking(state), state
        if command.kind == "change":
            if command.key is None or (command.key not in state.answers and command.key not in state.skipped):
                return self._asking(state, text("change_which"), self._wording.answers(state)), state
            state = replace(self._without(state, command.key), key=command.key, half=None, tries=0)
            return self._asking(state), state
        if command.kind in ("stop", "later"):
            return self._service(text("stopped" if command.kind == "stop" else "later"), "go_on"), replace(
                state, status=STOPPED
            )
        if command.kind == "forget":
            return self._service(text("forgotten"), "start"), State(state.on, status=FINISHED)
        if command.kind == "restart":
            return self.begin(state.day)
        return self._asking(state), state

    # What is said

    def _asking(self, state: State, *said: str) -> Reply:
        """The open question, after what there is to say before it."""
        question = self._open(state)
        place = self._place(state)
        progress = self._wording.text("progress", number=str(place["number"]), of=str(place["of"]))
        asked = self._wording.of(question.key, "limit" if state.half is not None else "text") or ""
        text = "\n\n".join([*(part for part in said if part), f"{progress} {asked}"])
        buttons = self._wording.buttons(question, state.half is not None)
        return Reply("question", text, self._language, buttons=buttons, question=place)

    def _with_question(self, answered: Reply, state: State) -> Reply:
        """An answer given in passing, and the open question again."""
        asking = self._asking(state)
        return replace(
            answered, text=f"{answered.text}\n\n{asking.text}", buttons=asking.buttons, question=asking.question
        )

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
        choices = self._wording.choices(question)
        if choices and state.half is None:
            place["choices"] = choices
        return place

    def verdict(self, state: State) -> Verdict:
        """What the rules find for the answers so far."""
        return judge(state.judged(), state.day)

    def result(self, verdict: Verdict, *said: str) -> Reply:
        """The end of a pre-screening."""
        text = "\n\n".join([*said, self._wording.result(verdict)])
        buttons = self._buttons(
            ("see_rules", "see_rules"),
            ("change_answer", "change_answer"),
            ("summary", "summary"),
            ("start_again", "prescreen"),
        )
        return Reply("prescreen_result", text, self._language, verdict=verdict.as_dict(), buttons=buttons)

    def _out_already(self, verdict: Verdict, *said: str) -> Reply:
        text = "\n\n".join([*said, self._wording.text("already_out"), self._wording.result(verdict)])
        buttons = self._buttons(("go_on", "resume"), ("see_rules", "see_rules"), ("change_answer", "change_answer"))
        return Reply("prescreen_result", text, self._language, verdict=verdict.as_dict(), buttons=buttons)

    # What is asked about the result

    def rules(self, state: State) -> Reply:
        """Every rule with its status."""
        verdict = self.verdict(state)
        return replace(
            self.result(verdict), text=f"{self._wording.rules(verdict)}\n\n{self._wording.text('only_team_decides')}"
        )

    def summary(self, state: State) -> Reply:
        """What was answered and found, to take along."""
        verdict = self.verdict(state)
        heading = self._wording.text("summary_heading", day=self._wording.day(state.day))
        text = "\n\n".join(
            [heading, self._wording.answers(state), self._wording.rules(verdict), self._wording.result(verdict)]
        )
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

    def what_if(self, state: State, text: str) -> Reply:
        """The outcome if one answer were another; the answers stay as they are."""
        verdict = self.verdict(state)
        for key, names in self._wording.names().items():
            if key not in self._questionnaire or not any(_names(text, name) for name in names):
                continue
            question = self._questionnaire[key]
            read = self._read(question, text, replace(state, half=None))
            supposed = {**state.answers, key: plain(read.value)} if isinstance(read, Understood) else None
            changed = replace(state, answers=supposed or {}).judged()
            if supposed and not faults(changed, state.day):
                other = judge(changed, state.day)
                day = self._wording.day(other.recheck_on) if other.recheck_on else ""
                said = self._wording.text(
                    "what_if",
                    short=self._wording.short(key),
                    answer=self._wording.answer(key, supposed[key]),
                    outcome=self._wording.text("outcomes", other.outcome, day=day),
                )
                return replace(self.result(other), text=said)
        return replace(self.result(verdict), text=self._wording.text("what_if_which"))

    def show(self, state: State | None) -> Reply:
        """The answers so far."""
        text = self._wording.answers(state) if state else self._wording.text("no_answers")
        return self._service(text, "go_on" if state and state.status == STOPPED else "start")

    def nothing_open(self) -> Reply:
        """There is no pre-screening to go on with, or to look at."""
        return self._service(self._wording.text("nothing_open"), "start")

    def status_line(self, state: State, criterion: str) -> str:
        """How one rule stands with the answers."""
        finding = self.verdict(state).finding(criterion)
        return self._wording.rule_line(finding)

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
        for choice in self._wording.choices(question):
            if written in (str(choice["title"]).lower(), str(choice["value"]).lower()):
                return choice["value"]
        return None

    def _has_none(self, question: Question, text: str) -> bool:
        """Whether the person says, in words that this question knows, that there is no answer."""
        return plain_words(text) in self._wording.unknown(question.key)

    def _read(self, question: Question, text: str, state: State) -> Reading:
        forms = self._wording.forms(question)
        about = self._wording.names()[question.key]
        if state.half is not None and state.key == question.key:
            return self._reader.number(text, state.half["unit"], question.units)
        if question.input == "boolean":
            return self._reader.boolean(text, about)
        if question.input == "integer":
            # “None” is 0 only where 0 is said so: of metastases it is, of a performance status it is not.
            never = 0 if "none" in forms.get(0, []) else None
            refused = never is None and self._reader.boolean(text) == Understood(False)
            named = None if refused else self._named(question, text)
            return named or self._reader.integer(text, question.lowest or 0, question.highest or 0, never)
        if question.input == "date":
            if plain_words(text) in {plain_words(form) for value in question.choices for form in forms[value]}:
                return Understood(question.choices[0])
            return self._reader.date(text, state.day, question.event, about)
        if question.input == "choice":
            return self._reader.choice(text, forms)
        if question.input == "blood_pressure":
            return self._reader.blood_pressure(text)
        return self._reader.lab(text, question.units, question.usual, question.plausible)

    def _named(self, question: Question, text: str) -> Understood | None:
        """A number said as one of the choices (“I can do light work” for a performance status)."""
        forms = {str(value): said for value, said in self._wording.forms(question).items()}
        read = self._reader.choice(text, forms) if forms else None
        return Understood(int(read.value)) if isinstance(read, Understood) else None

    @staticmethod
    def _without(state: State, key: str) -> State:
        return replace(
            state,
            answers={other: value for other, value in state.answers.items() if other != key},
            skipped={other: how for other, how in state.skipped.items() if other != key},
            trail=[other for other in state.trail if other != key],
        )


def plain_words(text: str) -> str:
    """A text in lower case, without marks at its ends and double spaces."""
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!?,")


def _names(text: str, name: str) -> bool:
    return f" {name.lower()} " in f" {' '.join(text.lower().replace('?', ' ').replace(',', ' ').split())} "
