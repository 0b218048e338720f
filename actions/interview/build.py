"""Puts the interview of a language together."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from actions.answering import Answerer
from actions.interview.asides import Asides
from actions.interview.contact import Contacts
from actions.interview.deleting import Deleting, DeletingReader
from actions.interview.interview import Interview
from actions.interview.questions import questionnaire
from actions.interview.sharing import Consent, SharingReader, SharingTexts, words_of
from actions.interview.suppositions import Suppositions
from actions.interview.wording import InterviewWording
from actions.reading import AnswerReader, CommandReader
from actions.trial import trial

LEXICON = Path(__file__).resolve().parents[2] / "lexicon"


@lru_cache(maxsize=8)
def interview(language: str) -> Interview:
    """The interview of a language, made once."""
    return Interview(
        questionnaire(),
        InterviewWording(trial(), language, questionnaire()),
        AnswerReader.load(LEXICON, language),
        CommandReader.load(LEXICON, language),
        Suppositions.load(LEXICON, language),
        Answerer(trial(), language),
        language,
    )


@lru_cache(maxsize=8)
def asides(language: str) -> Asides:
    """What hears, in a language, what is said outside the questions; made once."""
    return Asides.load(LEXICON, language, interview(language))


@lru_cache(maxsize=8)
def consent(language: str) -> Consent:
    """What asks, in a language, whether a pre-screening may be shared; made once."""
    reader = SharingReader.load(LEXICON, language)
    return Consent(interview(language), reader, SharingTexts(trial(), language), language)


@lru_cache(maxsize=8)
def contacts(language: str) -> Contacts:
    """What asks, in a language, for a name and a number; made once."""
    words = words_of(LEXICON, language)["contact"]
    return Contacts(interview(language), Answerer(trial(), language), words, SharingTexts(trial(), language), language)


@lru_cache(maxsize=8)
def deleting(language: str) -> Deleting:
    """What is said about deleting in a language; made once."""
    reader = DeletingReader(words_of(LEXICON, language)["delete"])
    return Deleting(reader, SharingTexts(trial(), language), language)
