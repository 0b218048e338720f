"""Puts the interview of a language together."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from actions.answering import Answerer
from actions.interview.asides import Asides
from actions.interview.interview import Interview
from actions.interview.questions import questionnaire
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
