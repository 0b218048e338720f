"""What people say to the pre-screening itself: why, back, show my answers, stop, later …

A message is a command only as a whole, politeness aside: “stop” is one, “I stopped smoking” is an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import yaml

from actions.reading.choices import choices
from actions.reading.words import Phrase, Phrases, Spelling, all_words
from actions.reading.yes_no import MARKS, SkipReader, without

Kind = Literal[
    "why",
    "meaning",
    "back",
    "change",
    "show",
    "progress",
    "stop",
    "later",
    "resume",
    "dont_know",
    "rather_not",
    "forget",
    "restart",
]
_NAME = "{name}"  # stands in a phrase for the name of an answer
_MOST_WORDS = 25
_LONGEST_NAME = 8


@dataclass(frozen=True)
class Command:
    """What is wished for; `key` is the answer it is about, if one was named."""

    kind: Kind
    key: str | None = None


class _Form:
    """A phrase with the name of an answer in it."""

    def __init__(self, kind: Kind, text: str) -> None:
        before, _, after = text.partition(_NAME)
        self.kind = kind
        self._before, self._after = Phrase(before), Phrase(after)

    def names(self, words: Sequence[str]) -> Iterator[Sequence[str]]:
        """What may be the name in a message, the shortest first."""
        starts = self._before.ends(words, 0)
        ends = [end for end in range(len(words) + 1) if len(words) in self._after.ends(words, end)]
        spans = sorted(
            (end - start, start, end) for start in starts for end in ends if 0 < end - start <= _LONGEST_NAME
        )
        return (words[start:end] for _, start, end in spans)


class CommandReader:
    """Reads the commands of one language."""

    def __init__(self, lexicon: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        kinds = cast("tuple[Kind, ...]", get_args(Kind))
        self._phrases: Phrases[Kind] = Phrases(
            {kind: lexicon["whole"][kind] for kind in kinds if kind in lexicon["whole"]}
        )
        self._openers = Phrases({True: lexicon["openers"]})
        self._polite = Phrases({True: [*lexicon["polite"], *answers["polite"]]})
        opposed = [*answers["affirm"]["first"], *answers["deny"]["first"]]
        self._skips = SkipReader(answers["skips"], self._polite, opposed)
        self._named = [_Form(kind, text) for kind in kinds for text in lexicon["named"].get(kind, ())]
        to_value = lexicon["to_value"]
        self._turned = {how: Phrases({True: to_value[how]}) for how in ("told_to", "should")}
        self._unnamed = [_Form(kind, text) for kind in kinds for text in lexicon["of_anything"].get(kind, ())]
        self._small = frozenset(lexicon["around_a_name"])
        words = {*all_words(lexicon), *all_words(answers)} - {"name"}
        self._spelling = Spelling(words, all_words(answers["left_alone"]), answers.get("elided", ()))

    @classmethod
    def load(cls, lexicon: Path, language: str) -> CommandReader:
        """Reads the words of a language from lexicon/<language>/commands.yml and answers.yml."""
        commands, answers = (
            yaml.load((lexicon / language / f"{name}.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
            for name in ("commands", "answers")
        )
        return cls(commands, answers)

    def read(self, text: str, names: Mapping[str, Sequence[str]]) -> Command | None:
        """The command that a message is, or None; `names` are the words for each answer."""
        words = self._spelling.read(text).words
        if not words or len(words) > _MOST_WORDS:
            return None
        asks = "?" in words
        skipped = self._skips.read([word for word in words if word != "?"])
        typed = tuple(word for word in words if word not in MARKS and word != "?")
        bare = tuple(word for word in without(words, self._polite) if word != "?")
        forms = list(dict.fromkeys((typed, *self._without_openers(typed), *self._without_openers(bare))))
        for form in forms:
            kind = self._phrases.whole(form)
            if kind:
                return Command(kind)
        for form in forms:
            named = self._about(form, self._named, names)
            if named and named.key:
                return named
        for form in forms:
            named = self._about(form, self._unnamed, names)
            if named:
                return named
        return Command(skipped.how) if skipped and not (asks and skipped.how == "dont_know") else None

    def change_to(self, text: str, names: Mapping[str, Sequence[str]]) -> tuple[str, str] | None:
        """The answer that is to be changed, and what it is to be: “change my age to 63”, “my age should be 63”."""
        words = self._spelling.read(text).words
        if len(words) > _MOST_WORDS or "?" in words[:-1]:
            return None
        for how, phrases in self._turned.items():
            for start, end, _ in phrases.found(words):
                bare = without(words[:start], self._polite) if start else ()
                key = self._changed(bare, names) if how == "told_to" else self._key(bare, names)
                if key and end < len(words):
                    return key, self._spelling.tail(text, end)
        return None

    def _changed(self, words: tuple[str, ...], names: Mapping[str, Sequence[str]]) -> str | None:
        changing = [form for form in self._named if form.kind == "change"]
        found = (self._about(form, changing, names) for form in self._without_openers(words))
        return next((command.key for command in found if command and command.key), None)

    def _without_openers(self, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """The message, then without “can you”, “I'd like to” and the like."""
        yield words
        while words and (hit := self._openers.at(words, 0)):
            words = words[hit[0] :]
            yield words
            words = without(words, self._polite)
            yield words

    def _about(
        self, words: Sequence[str], forms: Sequence[_Form], names: Mapping[str, Sequence[str]]
    ) -> Command | None:
        found: Command | None = None
        for form in forms:
            for name in form.names(words):
                key = self._key(name, names)
                if key:
                    return Command(form.kind, key)
                found = found or Command(form.kind)
        return found

    def _key(self, words: Sequence[str], names: Mapping[str, Sequence[str]]) -> str | None:
        """The answer that these words name, if they name one alone."""
        phrases, spelling = choices(names)
        known = phrases.words
        # “When the operation was” is about the operation.
        mended = [word if word in known else spelling.mend(word) for word in words]
        whole = phrases.whole(mended)
        if whole:
            return whole
        while mended and mended[0] in self._small and not phrases.at(mended, 0):
            mended = mended[1:]
        while mended and mended[-1] in self._small and phrases.whole(mended) is None:
            mended = mended[:-1]
        return phrases.whole(mended)
