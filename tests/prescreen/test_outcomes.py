"""The outcome and what is left to look at, for whatever a rule of any group may find, this trial's or not."""

import copy
from datetime import date

import pytest
import yaml

from actions.prescreen import Prescreen
from actions.prescreen.wording import TRIAL, load
from tests.prescreen.people import ALL_WELL

DAY = date(2026, 11, 20)
CRITERIA, PRESCREEN = load(TRIAL / "criteria.yml"), load(TRIAL / "prescreen.yml")

# One more rule that finds just this for a person for whom every other rule holds.
FINDS = {
    "satisfied": {"rule": "margins_clear"},
    "fails": {"rule": "dialysis"},
    "waits": {"rule": "on > labs_date + days"},
    "reversible": {"rule": {"reversible": "dialysis"}},
    "unknown": {"rule": "brain_stable"},
    "for_team": {"for_team": True},
}
ENTRY = {"fails": "not_a_match", "waits": "not_yet", "reversible": "unclear", "unknown": "unclear"}
EXPECTED = {
    "inclusion": ENTRY,
    "exclusion": ENTRY,
    "laboratory": ENTRY | {"unknown": "possible_match"},
    "report": dict.fromkeys(["fails", "waits", "reversible", "unknown", "for_team"], "unclear"),
}
LEFT = {"unknown", "for_team", "reversible"}


@pytest.mark.parametrize("group", EXPECTED)
@pytest.mark.parametrize("state", FINDS)
def test_one_more_rule(group, state):
    """Each thing that a rule may find leads to its outcome, in each group."""
    criteria = copy.deepcopy(CRITERIA)
    criteria["labs"]["reversible"] = False
    criteria["criteria"].append(
        {
            "id": "X01",
            "name": "one_more",
            "group": group,
            "source": {"document": "registry", "entry": "none"},
            "values": {"days": {"number": 4, "unit": "days"}},
            **FINDS[state],
        }
    )
    verdict = Prescreen(criteria, PRESCREEN).judge(ALL_WELL, DAY)
    assert verdict.outcome == EXPECTED[group].get(state, "possible_match")
    assert verdict.recheck_on == (date(2026, 11, 23) if verdict.outcome == "not_yet" else None)
    left = LEFT | {"fails", "waits"} if group == "report" else LEFT
    assert ("X01" in verdict.to_check) == (state in left)


def test_a_group_without_conditions_of_its_own():
    """What a group lays down is for that group alone."""
    criteria = yaml.safe_load((TRIAL / "criteria.yml").read_text(encoding="utf-8"))
    del criteria["labs"]
    verdict = Prescreen(criteria, PRESCREEN).judge(ALL_WELL | {"labs_date": None}, DAY)
    assert verdict.finding("I08").status == "satisfied"
