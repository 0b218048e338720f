"""Two engines that share nothing agree, on answers good and bad."""

import json
from decimal import Decimal

from actions.prescreen import BadAnswers, trial
from actions.prescreen.__main__ import verdict_on
from tests.prescreen import oracle
from tests.prescreen.people import people

PEOPLE = 10_000


def as_json(answers):
    """Answers as a JSON text with every number written out."""
    numbers = {}

    def mark(value):
        numbers[f"number {len(numbers)}"] = str(value)
        return f"number {len(numbers) - 1}"

    def walk(value):
        if isinstance(value, Decimal):
            return mark(value)
        if isinstance(value, dict):
            return {key: walk(of) for key, of in value.items()}
        return value

    text = json.dumps(walk(answers))
    for name, number in numbers.items():
        text = text.replace(f'"{name}"', number, 1)
    return text


def test_both_engines_find_the_same():
    """Ten thousand people get the same verdict, or the same keys at fault, from both."""
    seen = {}
    for on, answers in people(PEOPLE):
        faulty = oracle.faulty_keys(answers, on)
        expected = None if faulty else oracle.verdict(answers, on)
        try:
            verdict = verdict_on(as_json(answers).encode(), on)
            found, keys = json.loads(verdict.as_json()), set()
            assert found == verdict.as_dict()
        except BadAnswers as bad:
            found, keys = None, set(bad.messages())
        assert keys == faulty, answers
        assert found == expected, (on, answers)
        outcome = expected["outcome"] if expected else "refused"
        seen[outcome] = seen.get(outcome, 0) + 1
    assert set(seen) == {"not_a_match", "not_yet", "unclear", "possible_match", "refused"}, seen
    assert min(seen.values()) >= PEOPLE / 200, seen
    assert trial() is trial()
