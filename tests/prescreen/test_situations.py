"""Situations that a study nurse can read and check, and what pre-screening says of each."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.prescreen import BadAnswers, trial
from actions.prescreen.__main__ import verdict_on

SITUATIONS = Path(__file__).parent / "situations"
DAY = date(2026, 11, 20)


def load(name):
    return yaml.safe_load((SITUATIONS / f"{name}.yml").read_text(encoding="utf-8"))


WELL = load("well")
RULES = ["inclusion", "laboratory", "exclusion", "report"]
FRESH_BLOOD = {"laboratory": {"labs_date": "2026-11-18"}}


def judge(answers, on):
    return json.loads(verdict_on(json.dumps(answers, default=str).encode(), on).as_json())


def said(finding):
    """A finding as the situations write it."""
    text = finding["status"]
    if "clears_on" in finding:
        text += f", clears on {finding['clears_on']}"
    return text + (", reversible" if "reversible" in finding else "")


def single_rules():
    for group in RULES:
        for id, situations in load(group).items():
            for situation in situations:
                given = FRESH_BLOOD.get(group, {}) | situation["answers"]
                yield pytest.param(id, given, situation, id=f"{id}: {situation['name']}")


@pytest.mark.parametrize(("id", "answers", "situation"), single_rules())
def test_rule(id, answers, situation):
    """A single rule finds what the situation expects, in a verdict and by itself."""
    on = situation.get("day", DAY)
    verdict = judge(answers, on)
    [finding] = [found for found in verdict["criteria"] if found["id"] == id]
    assert said(finding) == situation["expected"]
    alone = trial().judge_criterion(id, json.loads(json.dumps(answers, default=str)), on)
    assert alone.as_dict() == finding


def test_every_rule_has_its_situations():
    """Every rule is shown satisfied, not satisfied and not known, unless the team alone judges it."""
    shown = {}
    for group in RULES:
        for id, situations in load(group).items():
            shown[id] = {situation["expected"].split(",")[0] for situation in situations}
    for id, criterion in trial().criteria.items():
        decided = {"satisfied", "not_satisfied", "unknown"} if criterion.rule else {"for_team"}
        assert shown[id] == decided, id


@pytest.mark.parametrize("situation", load("outcomes"), ids=lambda situation: situation["name"])
def test_outcome(situation):
    """A whole verdict has the outcome, the day to look again, and what is left to look at."""
    answers = WELL | situation.get("but", {})
    on = situation.get("day", DAY)
    verdict = judge(answers, on)
    recheck_on = situation.get("recheck_on")
    assert verdict["outcome"] == situation["outcome"]
    assert verdict.get("recheck_on") == (recheck_on and recheck_on.isoformat())
    always = [id for id, criterion in trial().criteria.items() if criterion.rule is None]
    assert verdict["to_check"] == sorted([*always, *situation["left"]], key=list(trial().criteria).index)
    for id, keys in situation.get("renew", {}).items():
        alone = trial().judge_criterion(id, json.loads(json.dumps(answers, default=str)), on)
        assert list(alone.renew) == keys


@pytest.mark.parametrize("situation", load("faults"), ids=lambda situation: situation["name"])
def test_fault(situation):
    """Every key at fault is named, with a reason, and no other; then there is no verdict."""
    if situation["faults"]:
        with pytest.raises(BadAnswers) as refused:
            verdict_on(situation["json"].encode(), DAY)
        messages = refused.value.messages()
        assert sorted(messages) == sorted(situation["faults"])
        assert all(messages.values())
    else:
        verdict_on(situation["json"].encode(), DAY)


def test_a_verdict_has_every_rule_in_order():
    """A verdict names all 43 rules in the order of the sources, and the day it is for."""
    verdict = judge({}, DAY)
    expected = [f"I{n:02}" for n in range(1, 18)] + [f"E{n:02}" for n in range(1, 23)] + ["P01", "P02", "P03", "P04"]
    assert [finding["id"] for finding in verdict["criteria"]] == expected
    assert verdict["on"] == "2026-11-20"
    assert verdict["outcome"] == "unclear"
    assert verdict["to_check"] == expected
