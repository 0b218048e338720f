"""An explanation shows how each rule came to its finding."""

from datetime import date

from actions.prescreen import explain, steps, trial

DAY = date(2026, 11, 20)


def block(id, **answers):
    [found] = [part for part in explain(answers, DAY).split("\n\n") if part.startswith(id)]
    return found


def test_every_rule_is_explained():
    """Each of the 43 rules has its block with its source."""
    blocks = explain({}, DAY).split("\n\n")[1:]
    assert [part.split()[0] for part in blocks] == list(trial().criteria)
    assert all("source: " in part for part in blocks)


def test_an_old_scan():
    """An old scan fails for good, and the explanation says that a newer one would change it."""
    found = block(
        "E05",
        brain_metastases=True,
        brain_symptoms=True,
        brain_treatment_end_date="2025",
        brain_scan_clear_date="2026-10-01",
        brain_stable=True,
        steroids="none",
    )
    assert "not satisfied; a newer brain_scan_clear_date would change it" in found
    assert "brain_scan_clear_date = 2026-10-01" in found


def test_an_answer_that_follows_from_another():
    """Where one answer stands for another, the explanation says so."""
    found = block("E19", sex="male", agrees_contraception=True)
    assert "pregnant = taken as no, because of another answer" in found
    assert "agrees_contraception = yes" in found


def test_a_laboratory_result():
    """A result is shown as it was given, and the day of the blood test with it."""
    found = block("I08", labs_date="2026-11-18", hemoglobin={"value": 91, "unit": "g/L"})
    assert "I08 hemoglobin: satisfied" in found
    assert "labs_date = 2026-11-18" in found
    assert "hemoglobin = value 91, unit g/L" in found
    assert "on <= labs_date + 7 days: yes" in found


def test_what_can_be_treated():
    """A reversible finding says so, and a long number is cut short."""
    found = block("E04", serious_infection=True)
    assert "not satisfied; it can be treated, or measured again" in found
    assert "1" * 60 + "…" in block("I08", hemoglobin={"value": int("1" * 100), "unit": "g/L"})


def test_the_steps_of_one_rule():
    """The steps of a rule go from the whole to each condition, with the answers it looks at."""
    found = steps("E13", {"radiotherapy_last_date": "2026-11-19"}, DAY)
    assert [(step.depth, step.truth) for step in found] == [(0, False), (1, False), (1, False)]
    assert found[2].text == "on >= radiotherapy_last_date + 3 weeks"
    assert found[2].keys == ("radiotherapy_last_date",)
    assert steps("I07", {}, DAY) == []
