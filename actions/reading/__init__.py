"""Reads what people say in a pre-screening, in their own words: answers, corrections and commands.

Nothing here knows a question, a trial or a language: questions bring their ranges, units and choices, and all
words stand in lexicon/<language>/answers.yml and commands.yml.
"""

from actions.reading.answers import AnswerReader
from actions.reading.commands import Command, CommandReader
from actions.reading.outcomes import NotUnderstood, Reading, Skipped, Understood

__all__ = ["AnswerReader", "Command", "CommandReader", "NotUnderstood", "Reading", "Skipped", "Understood"]
