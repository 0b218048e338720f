"""The safety gate: reads every message, before any statistics, for an emergency or self-harm.

It looks for *signs* ("cannot breathe", "chest pain", "want to die"), word by word, with typing errors mended.
A sign raises the alarm unless the words around it show that nothing is happening now: it is denied,
long past, only supposed, a figure of speech, or what a question about facts and rules is about.
A miss is far worse than a false alarm, so whatever is in doubt raises it.

All words stand in lexicon/<language>/emergency.yml, which also explains how they are written down. Every
language reads every message: a frightened person writes in their own.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from rapidfuzz.distance import OSA

Kind = Literal["medical", "self_harm"]
KINDS: Set[Kind] = {"medical", "self_harm"}
Manner = Literal["plain", "sign", "name", "alone"]
Span = tuple[int, int]
Words = tuple[str, ...]
Phrases = Mapping[str, Sequence[tuple[str, Words]]]  # by their first word: the class and the phrase

TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?|\d+(?:[.,]\d+)?|!{2,}|\.{2,}|\s[-–—]+\s|[.!?;\n]|[,:()–—]")
STRETCHED = re.compile(r"(\w)\1{2,}")
DOUBLED = re.compile(r"(\w)\1+")
FIGURES = "figures_of_speech"
APOSTROPHES = str.maketrans("’‘`´ʼ＇", "''''''")
YEAR = re.compile(r"(?:19|20)\d\d$")

NEAR = 2  # how many other words may stand between two words of a pattern
GAPS = {"...": 6, "~": 0}  # ... where the pattern says so
BEFORE, AFTER = 14, 10  # how far around a sign the words that explain it are looked for
SUPPOSED_REACH = 10  # how many words after an "if" are still supposed
STRIDE = 40  # longer sentences are read in pieces of this many words, each with its surroundings
SHORTEST_MENDED = 5  # shorter words have too many neighbours to be mended
SHORTEST_MENDED_TWICE = 8
SHORTEST_JOINED = 6  # of words typed without a space
MOST_MENDED = 250  # different words of one message; a page of gibberish is no cry for help
LONGEST_WORD = 30  # longer ones are no words


@dataclass(frozen=True)
class Emergency:
    """What the gate found: the kind of danger, the language, and which sign (never the words typed)."""

    kind: Kind
    language: str
    trigger: str


@dataclass
class Sentence:
    """The words of one sentence as the lexicon knows them, and where its commas stand."""

    words: list[str] = field(default_factory=list)
    commas: set[int] = field(default_factory=set)  # a comma stands before the word of this number
    asks: bool = False
    cries: bool = False

    def pieces(self) -> Iterator[tuple[Sentence, Span]]:
        """A sentence without end in pieces that overlap, each with the places where its own signs start."""
        for first in range(0, max(len(self.words), 1), STRIDE):
            start, end = max(0, first - BEFORE), min(len(self.words), first + STRIDE + BEFORE)
            commas = {place - start for place in self.commas if start <= place <= end}
            own = (first - start, min(first + STRIDE, end) - start)
            yield Sentence(self.words[start:end], commas, self.asks, self.cries), own


class Spelling:
    """Finds the word of the lexicon that was meant by a badly typed one."""

    def __init__(self, words: set[str], mended: Mapping[str, int], joined: set[str], left_alone: set[str]) -> None:
        """`mended` are the words that others are mended to, each with its weight among equally near ones."""
        self.words = words
        self.left_alone = left_alone
        self._mended = mended
        self._joined = joined
        self._squeezed = {DOUBLED.sub(r"\1", word): word for word in sorted(mended)}
        self._swapped = {
            word[:at] + word[at + 1] + word[at] + word[at + 2 :]: word
            for word in sorted(joined)
            if len(word) == SHORTEST_MENDED - 1
            for at in range(len(word) - 1)
        }
        self._without: dict[str, list[str]] = {}
        for word in sorted(mended):
            if len(word) >= SHORTEST_MENDED:
                for rest in _with_letters_left_out(word, _errors_allowed(word)):
                    self._without.setdefault(rest, []).append(word)

    def knows(self, typed: str) -> bool:
        """Whether there is nothing to mend in the word."""
        return typed in self.words or typed in self.left_alone or len(typed) > LONGEST_WORD

    def mend(self, typed: str) -> Words:
        """The word or, where the space was forgotten, the words that were meant; else the typed one."""
        if self.knows(typed):
            return (typed,)
        stretched = STRETCHED.search(typed) is not None
        if stretched:
            for letters in (r"\1\1", r"\1"):
                word = STRETCHED.sub(letters, typed)
                if word in self.words:
                    return (word, word)  # a cry: "heeelp" says it twice
            typed = STRETCHED.sub(r"\1", typed)
        meant = (
            self._part(typed)
            or self._nearest(typed)
            or self._swapped.get(typed)
            or self._squeezed.get(DOUBLED.sub(r"\1", typed))
        )
        if meant is None:
            return (typed,)
        return meant if isinstance(meant, tuple) else (meant, meant) if stretched else (meant,)

    def _nearest(self, typed: str) -> str | None:
        errors = _errors_allowed(typed + "x")  # a letter may have been left out
        candidates = {word for rest in _with_letters_left_out(typed, errors) for word in self._without.get(rest, ())}
        ranked = [
            (distance, -self._mended[word], word)
            for word in candidates
            if (distance := OSA.distance(typed, word)) <= _errors_allowed(word)
            and (distance < 2 or word[0] == typed[0])  # of two errors none is in the first letter
        ]
        return min(ranked)[-1] if ranked else None

    def _part(self, typed: str) -> Words | None:
        """Parts "cantbreathe" into the fewest words of signs, one of them at least a longish one."""
        if len(typed) < SHORTEST_JOINED:
            return None
        best: list[Words | None] = [()] + [None] * len(typed)
        for end in range(1, len(typed) + 1):
            for start in range(max(0, end - SHORTEST_JOINED * 2), end):
                before, word = best[start], typed[start:end]
                if before is None or word not in self._joined or (len(word) < 3 and end == len(typed)):
                    continue
                if len(word) == 1 and start > 0:  # "i" can only begin
                    continue
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = (*before, word)
        parts = best[-1]
        return parts if parts and max(map(len, parts)) >= 4 and len(typed) / len(parts) >= 3 else None


def _errors_allowed(word: str) -> int:
    if len(word) < SHORTEST_MENDED:
        return 0
    return 1 if len(word) < SHORTEST_MENDED_TWICE else 2


def _with_letters_left_out(word: str, most: int) -> Iterator[str]:
    for count in range(most + 1):
        for left_out in itertools.combinations(range(len(word)), count):
            yield "".join(letter for place, letter in enumerate(word) if place not in left_out)


@dataclass(frozen=True)
class Pattern:
    """Words and word classes in their order, each with how many other words may stand before it."""

    items: Words
    gaps: tuple[int, ...]
    across_denials: bool  # whether a "not" may be among the other words

    @classmethod
    def written(cls, line: str, near: int) -> list[Pattern]:
        """The patterns of one line: "chest & pain" are two of them, one for each order."""
        orders = [part.split() for part in line.split("&")]
        patterns = []
        for order in itertools.permutations(orders):
            items: list[str] = []
            gaps: list[int] = []
            gap = near
            for item in itertools.chain.from_iterable(order):
                if item in GAPS:
                    gap = GAPS[item]
                    continue
                items.append(item)
                gaps.append(gap)
                gap = near
            patterns.append(cls(tuple(items), tuple(gaps), across_denials=near == 0))
        return patterns


class Patterns:
    """Many patterns, each with the number of what it stands for; kept under its rarest item to be quick."""

    def __init__(self, numbered: Iterable[tuple[int, Pattern]]) -> None:
        self.all = tuple(numbered)
        uses = Counter(item for _, pattern in self.all for item in pattern.items)
        self._under: dict[str, list[tuple[int, Pattern]]] = {}
        for number, pattern in self.all:
            rarest = min(pattern.items, key=lambda item: uses[item])
            self._under.setdefault(rarest, []).append((number, pattern))

    @property
    def items(self) -> Counter[str]:
        """The words and word classes of all patterns, with how many patterns need each."""
        return Counter(item for _, pattern in self.all for item in pattern.items)

    def found(self, reading: Reading) -> list[tuple[int, Span]]:
        """Where in the piece patterns match, with their numbers, the lowest first."""
        return sorted(
            (number, span)
            for item in reading.places
            for number, pattern in self._under.get(item, ())
            for span in reading.matches(pattern)
        )


@dataclass(frozen=True)
class Sign:
    """One sign of danger: its name, its kind, and how it is taken."""

    id: str
    kind: Kind
    manner: Manner
    even_if: bool  # raised even where it is only supposed
    mild: bool  # can be an everyday complaint as well


class Reading:
    """A piece of a sentence with the places of every word class in it."""

    def __init__(self, sentence: Sentence, phrases: Phrases) -> None:
        self.sentence = sentence
        self.words = sentence.words
        self.places: dict[str, dict[int, list[int]]] = {
            "^": {place: [place] for place in {0, *sentence.commas}},
        }
        self.frames: dict[str, list[Span]] = {}
        for start, word in enumerate(self.words):
            self._note(word, start, start + 1)
            for name, phrase in phrases.get(word, ()):
                if tuple(self.words[start : start + len(phrase)]) == phrase:
                    self._note(name, start, start + len(phrase))

    def _note(self, item: str, start: int, end: int) -> None:
        ends = self.places.setdefault(item, {}).setdefault(start, [])
        if end not in ends:
            ends.append(end)

    def matches(self, pattern: Pattern) -> Iterator[Span]:
        if not all(item in self.places for item in pattern.items):
            return
        for start, ends in self.places[pattern.items[0]].items():
            for end in ends:
                last = self._rest(pattern, 1, end)
                if last is not None:
                    yield start, last
                    break

    def _rest(self, pattern: Pattern, number: int, place: int) -> int | None:
        """Where the pattern ends if its items from `number` on follow `place`; only far ones cross commas."""
        if number == len(pattern.items):
            return place
        starts = self.places[pattern.items[number]]
        denials = self.places.get("NOT", {})
        for start in range(place, min(place + pattern.gaps[number] + 1, len(self.words))):
            if start in self.sentence.commas and pattern.gaps[number] <= NEAR:
                return None
            for end in starts.get(start, ()):
                last = self._rest(pattern, number + 1, end)
                if last is not None:
                    return last
            if start in denials and not pattern.across_denials:
                return None
        return None


class Lexicon:
    """The words of one language, and how they are read."""

    def __init__(self, language: str, written: Mapping[str, Any]) -> None:
        self.language = language
        self._parts_at_apostrophes: bool = written["apostrophes_part_words"] == "true"
        self._rewritten: dict[str, list[tuple[Words, Words]]] = {}
        for meant, variants in written["spellings"].items():
            for variant in map(str.split, variants):
                self._rewritten.setdefault(variant[0], []).append((tuple(variant), tuple(meant.split())))
        for known in self._rewritten.values():
            known.sort(key=lambda entry: -len(entry[0]))

        classes: dict[str, list[str]] = {name: list(words) for name, words in written["words"].items()}
        self._phrases: dict[str, list[tuple[str, Words]]] = {}
        for name, words in classes.items():
            for phrase in map(self._canonical, words):
                self._phrases.setdefault(phrase[0], []).append((name, phrase))

        self._frames = {name: self._patterns([lines], near=0) for name, lines in written["frames"].items()}
        self._frames[FIGURES] = self._patterns([written["figures_of_speech"]], near=0)
        self._fillers = frozenset(written["between"]["fillers"])
        self._listed = frozenset(written["between"]["listed"])
        self._or = frozenset(written["between"]["or"])
        self._denied_across = self._fillers | self._listed | self._or | set(written["between"]["denied_across"])
        self.parting = frozenset(written["between"]["parting"])
        self.bare = frozenset(written["between"]["bare"])
        self.beside = frozenset(written["between"]["beside_a_cry"])
        self._signs = tuple(
            Sign(
                id=name,
                kind=sign["kind"],
                manner=sign.get("manner", "sign"),
                even_if=sign.get("even_if") == "true",
                mild=sign.get("mild") == "true",
            )
            for name, sign in written["signs"].items()
        )
        self._said = self._patterns([sign["said"] for sign in written["signs"].values()], near=NEAR)
        self.vocabulary = self._vocabulary()
        weights = self._weights()
        frames = {word for word in self._said_around() if word not in weights and len(word) >= SHORTEST_MENDED}
        joined = {word for word in weights if len(word) > 1} | set(written["between"]["short_forms"])
        mended = {**dict.fromkeys(joined, 1), **dict.fromkeys(frames, 0), **weights}
        self._spelling = Spelling(self.vocabulary, mended, joined, set(written["look_alikes"]))

    def _canonical(self, phrase: str) -> Words:
        return tuple(self._rewrite(phrase.split()))

    def _patterns(self, groups: Iterable[Iterable[str]], near: int) -> Patterns:
        return Patterns(
            (number, pattern)
            for number, lines in enumerate(groups)
            for line in lines
            for pattern in Pattern.written(" ".join(self._canonical(line)), near)
        )

    def _weights(self) -> dict[str, int]:
        """The words that signs are made of, each with the number of patterns that need it."""
        items = self._said.items
        weights: Counter[str] = Counter()
        for entries in self._phrases.values():
            for name, phrase in entries:
                for word in phrase if name in items else ():
                    weights[word] += items[name]
        weights.update({item: count for item, count in items.items() if not item.isupper()})
        return {word: count for word, count in weights.items() if word.isalpha()}

    def _said_around(self) -> set[str]:
        """The words of everything but the signs, those of figures of speech among them."""
        words = {item for patterns in self._frames.values() for item in patterns.items}
        words |= {word for entries in self._phrases.values() for _, phrase in entries for word in phrase}
        words |= self._denied_across | self.parting
        return {word for word in words if word.isalpha() and word.islower()}

    def _vocabulary(self) -> set[str]:
        words = self._said_around() | set(self._weights()) | self.beside
        words |= {word for entries in self._rewritten.values() for typed, meant in entries for word in typed + meant}
        return {word for word in words if word.isalpha() and word.islower()}

    def leave_alone(self, words: Iterable[str]) -> None:
        """Keep words of another language from being read as badly typed ones of this."""
        self._spelling.left_alone.update(words)

    # Reading a message

    def read(self, text: str) -> Emergency | None:
        """The first danger that the message speaks of; self-harm goes before all else."""
        first: Emergency | None = None
        for sentence in self._sentences(text):
            for piece, own in sentence.pieces():
                found = self._danger_in(Reading(piece, self._phrases), own, {"self_harm"} if first else KINDS)
                if found and found.kind == "self_harm":
                    return found
                first = first or found
        return first

    def sees_a_sign(self, text: str) -> bool:
        """Whether the message names a danger at all, be it denied, long past, only supposed, or a figure of speech."""
        readings = (
            Reading(piece, self._phrases) for sentence in self._sentences(text) for piece, _ in sentence.pieces()
        )
        return any(self._said.found(reading) or self.frame(reading, FIGURES) for reading in readings)

    def _danger_in(self, reading: Reading, own: Span, kinds: Set[Kind]) -> Emergency | None:
        for number, span in self._said.found(reading):
            sign = self._signs[number]
            if sign.kind in kinds and own[0] <= span[0] < own[1] and self._is_happening(reading, sign, span):
                return Emergency(sign.kind, self.language, sign.id)
        return None

    def _sentences(self, text: str) -> Iterator[Sentence]:
        plain = unicodedata.normalize("NFKD", text.translate(APOSTROPHES).lower())
        plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
        mended: dict[str, Words] = {}
        sentence = Sentence()
        for token in TOKEN.findall(plain):
            if token[0].isalpha():
                for typed in self._parted(token):
                    if typed not in mended and len(mended) < MOST_MENDED and not self._spelling.knows(typed):
                        mended[typed] = self._spelling.mend(typed)
                    sentence.words += mended.get(typed, (typed,))
            elif token[0].isdigit():
                sentence.words.append(re.split("[.,]", token)[0])
            elif token.startswith(".."):
                continue
            elif token in ",:()–—":
                sentence.commas.add(len(sentence.words))
            else:
                if token.startswith("!!"):
                    sentence.words.append("!!")
                sentence.asks, sentence.cries = token == "?", token[0] == "!"
                yield self._rewritten_sentence(sentence)
                sentence = Sentence()
        yield self._rewritten_sentence(sentence)

    def _parted(self, token: str) -> list[str]:
        if self._parts_at_apostrophes:
            return token.strip("'").split("'")
        return [token.replace("'", "")]

    def _rewritten_sentence(self, sentence: Sentence) -> Sentence:
        """The sentence in the lexicon's own wording: "I'm" as "i am", "cannot" and "can't" as "can not"."""
        written = Sentence(asks=sentence.asks, cries=sentence.cries)
        bounds = sorted({0, len(sentence.words), *sentence.commas})
        for start, end in itertools.pairwise(bounds):
            if start in sentence.commas:
                written.commas.add(len(written.words))
            written.words += self._rewrite(sentence.words[start:end])
        return written

    def _rewrite(self, words: Sequence[str]) -> list[str]:
        rewritten: list[str] = []
        place = 0
        while place < len(words):
            for typed, meant in self._rewritten.get(words[place], ()):
                if tuple(words[place : place + len(typed)]) == typed:
                    rewritten += meant
                    place += len(typed)
                    break
            else:
                rewritten.append(words[place])
                place += 1
        return rewritten

    # Is it happening?

    def _is_happening(self, reading: Reading, sign: Sign, span: Span) -> bool:
        around = Surroundings(reading, span, self)
        if _overlaps_any(span, self.frame(reading, FIGURES)) or self._is_denied(reading, span):
            return False
        if sign.manner == "alone":
            return around.stands_alone
        if around.is_supposed and not sign.even_if:
            return around.is_now and not around.is_about_others
        if sign.manner == "plain":
            return around.is_now or not around.is_about_others
        if sign.manner == "name":
            return around.is_named_as_happening
        return around.is_a_complaint(sign.mild)

    def _is_denied(self, reading: Reading, span: Span) -> bool:
        """Whether a "no" reaches the sign, through nothing but fillers and a list of other complaints."""
        for _, end in self.frame(reading, "denial"):
            if end > span[0]:
                continue
            between = range(end, span[0])
            words = [reading.words[place] for place in between]
            if words and end in reading.sentence.commas:
                continue
            through_a_list = any(word in self._listed for word in words)
            joined = any(word in self._or for word in words) or any(
                place in reading.sentence.commas for place in (*between, span[0])
            )
            if all(word in self._denied_across for word in words) and (joined or not through_a_list):
                return True
        denied_after = {span[1]} & set(reading.places.get("DENIED_AFTER", {}))
        return bool(denied_after) and span[1] + 1 == len(reading.words)

    def frame(self, reading: Reading, name: str) -> list[Span]:
        """Where the words of this frame stand, but for those of its opposite ("as if" is no "if")."""
        if name not in reading.frames:
            found = [span for _, span in self._frames[name].found(reading)]
            opposite = self.frame(reading, f"not_{name}") if f"not_{name}" in self._frames else []
            reading.frames[name] = [span for span in found if not _overlaps_any(span, opposite)]
        return reading.frames[name]

    def leads_to(self, reading: Reading, name: str, span: Span) -> bool:
        """Whether the frame stands right before the sign, or reaches into it, with only fillers between."""
        for start, end in self.frame(reading, name):
            if end > span[0]:
                if start <= span[0] and name != "topic":
                    return True
            elif all(reading.words[place] in self._fillers for place in range(end, span[0])):
                return True
        return False


class Surroundings:
    """What the words around a sign say of it."""

    def __init__(self, reading: Reading, span: Span, lexicon: Lexicon) -> None:
        self._reading = reading
        self._span = span
        self._lexicon = lexicon
        words = reading.words
        parting = reading.sentence.commas | {n for n, word in enumerate(words) if word in lexicon.parting}
        self._part = (
            max((place for place in parting if place <= span[0]), default=0),
            min((place for place in parting if place >= span[1]), default=len(words)),
        )

    def _near(self, name: str, where: Span | None = None) -> bool:
        first, last = where or (self._span[0] - BEFORE, self._span[1] + AFTER)
        return any(first <= start and end <= last for start, end in self._lexicon.frame(self._reading, name))

    def _leads(self, name: str) -> bool:
        return self._lexicon.leads_to(self._reading, name, self._span)

    @property
    def stands_alone(self) -> bool:
        return not self._reading.sentence.asks and all(word in self._lexicon.beside for word in self._others)

    @property
    def is_bare(self) -> bool:
        """Whether nothing more is said: what is also a button, or the answer to a question about illnesses."""
        return not self._reading.sentence.cries and all(word in self._lexicon.bare for word in self._others)

    @property
    def _others(self) -> list[str]:
        return self._reading.words[: self._span[0]] + self._reading.words[self._span[1] :]

    @property
    def is_now(self) -> bool:
        around = self._span[0] - BEFORE, self._span[1] + AFTER
        return any(
            around[0] <= start and end <= around[1] and not _overlaps_any(self._span, [(start, end)])
            for start, end in self._lexicon.frame(self._reading, "now")
        )

    @property
    def is_past(self) -> bool:
        first, last = self._part
        years = any(YEAR.match(word) for word in self._reading.words[first:last])
        return years or self._near("past_time", self._part)

    @property
    def is_about_others(self) -> bool:
        """Whether it is said of people at large, or read out of a leaflet, and of nobody here."""
        said_of_others = self._near("crowd", self._part) or self._near("quoted", (self._part[0], self._span[0]))
        return said_of_others and not (
            self._leads("person") or self._leads("present") or self._leads("had") or self._near("person", self._span)
        )

    @property
    def is_supposed(self) -> bool:
        for start, end in self._lexicon.frame(self._reading, "supposed"):
            if end <= self._span[0] <= end + SUPPOSED_REACH and start >= self._part[0]:
                return True
        return self._leads("topic") and not self._leads("present")

    @property
    def is_asked_about(self) -> bool:
        """Whether it stands in a question, or among the words of facts and rules."""
        sentence = self._reading.sentence
        asked_later = any(place >= self._span[1] for place in sentence.commas)
        return (
            (sentence.asks and not asked_later)
            or self._near("question", (max(0, self._span[0] - BEFORE), self._span[0]))
            or self._near("rule")
        )

    @property
    def is_named_as_happening(self) -> bool:
        """For illnesses with a name: "heart attack" is as often a matter of the past or of the rules."""
        if self.is_past or self.is_about_others:
            return False
        if self._leads("present"):
            return True
        if self._near("now") and not self._near("rule"):
            return True
        if self.stands_alone:
            return not self.is_bare
        return self._leads("having") and not self.is_asked_about

    def is_a_complaint(self, mild: bool) -> bool:
        """For complaints ("chest pain"), which people have rather than know about."""
        if mild and not self.is_now and (self._near("mild") or self._near("rule")):
            return False
        had = self._leads("had")
        if self._leads("present") and not had:
            return True
        if self.is_past or self.is_about_others:
            return False
        if self.is_now:
            return True
        if self._near("verdict"):
            return False
        if had:
            return not self.is_asked_about
        return self._leads("person") or self._near("person", self._span) or not self.is_asked_about


def _written(path: Path) -> Mapping[str, Any]:
    """The file with every scalar as text: "no" and "112" are words here, not a truth value and a number."""
    with path.open(encoding="utf-8") as file:
        return cast(Mapping[str, Any], yaml.load(file, Loader=yaml.CBaseLoader))


def _overlaps_any(span: Span, others: Iterable[Span]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


class EmergencyGate:
    """Reads a message in every language that has a lexicon."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._lexicons = tuple(lexicons)

    @classmethod
    def load(cls, folder: Path) -> EmergencyGate:
        """The gate with the lexicons of <folder>/<language>/emergency.yml."""
        paths = sorted(folder.glob("*/emergency.yml"))
        lexicons = [Lexicon(path.parent.name, _written(path)) for path in paths]
        for one, other in itertools.permutations(lexicons, 2):
            one.leave_alone(other.vocabulary)
        return cls(lexicons)

    def read(self, text: str) -> Emergency | None:
        """The danger that the message speaks of; None if there is none."""
        for lexicon in self._lexicons:
            found = lexicon.read(text)
            if found:
                return found
        return None

    def sees_a_sign(self, text: str) -> bool:
        """Whether the message names a danger at all, be it denied, long past, only supposed, or a figure of speech."""
        return any(lexicon.sees_a_sign(text) for lexicon in self._lexicons)
