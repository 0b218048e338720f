"""The command line, from outside: what goes in, what comes out where, and the exit status."""

import json
import shlex
import subprocess
import sys
from datetime import date

import pytest

COMMAND = [sys.executable, "-m", "actions.prescreen"]


def run(*arguments, given=b"{}"):
    done = subprocess.run([*COMMAND, *map(str, arguments)], input=given, capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr.decode()


def test_one_object_from_standard_input():
    """One object in, one verdict out, for the day that was asked for."""
    status, out, err = run("--on", "2026-11-20", given=b'{"metastasectomy_date": "2026-11-06"}')
    verdict = json.loads(out)
    assert (status, err) == (0, "")
    assert verdict["on"] == "2026-11-20"
    assert verdict["outcome"] == "not_yet"
    assert verdict["recheck_on"] == "2026-12-04"
    assert {"id": "E14", "status": "not_satisfied", "clears_on": "2026-12-04"} in verdict["criteria"]


def test_the_day_is_today_unless_told(tmp_path):
    """The day of the screening defaults to today; FILE is read where it is given."""
    path = tmp_path / "answers.json"
    path.write_text("{}")
    before = date.today()
    status, out, _ = run(path)
    assert status == 0
    assert before <= date.fromisoformat(json.loads(out)["on"]) <= date.today()


def test_faults_go_to_standard_error():
    """Bad answers leave nothing on standard output; every fault has its line, whatever its key holds."""
    status, out, err = run(given=b'{"age_years": 7e1, "labs_date": "2026-02-30", "a\\nb\\ud800": 1}')
    assert (status, out) == (2, b"")
    assert [line.split(":")[0] for line in err.splitlines()] == ["age_years", "labs_date", '"a\\nb\\ud800"']


@pytest.mark.parametrize("given", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'"\\ud800"'])
def test_no_object(given):
    """What is no object is refused in words."""
    status, out, err = run(given=given)
    assert (status, out) == (2, b"")
    assert "no JSON object" in err


@pytest.mark.parametrize("on", ["2026-11-31", "2026-11", "20261120", "2026-11-20 ", "", "today", "0000-01-01"])
def test_a_bad_day(on):
    """`--on` takes exactly YYYY-MM-DD, with --jsonl as without."""
    for mode in [], ["--jsonl"]:
        status, out, err = run("--on", on, *mode)
        assert (status, out) == (2, b"")
        assert "--on" in err


@pytest.mark.parametrize("mode", [[], ["--jsonl"], ["--explain"]], ids=" ".join)
def test_a_file_that_cannot_be_read(tmp_path, mode):
    """A file that is not there, or is none, is told on standard error."""
    for path in (tmp_path / "missing", tmp_path):
        status, out, err = run(*mode, path)
        assert (status, out) == (2, b"")
        assert str(path) in err


def test_no_input_at_all():
    """A closed standard input cannot be read."""
    done = subprocess.run(f"{shlex.join(COMMAND)} <&-", shell=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"standard input cannot be read")


def test_a_line_each():
    """With --jsonl there is a verdict or the faults of each line, in order; blank lines only count."""
    lines = [
        b'{"age_years": 64}',
        b"",
        b"  \t",
        b'{"age": 1, "ecog": 9}',
        b"[]",
        b"\xff",
        b'{"age_years": 17}\r',
        b"oops",
    ]
    status, out, err = run("--on", "2026-11-20", "--jsonl", given=b"\n".join(lines))
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (2, "")
    assert [line.get("line") for line in found] == [None, 4, 5, 6, None, 8]
    assert [[error["key"] for error in line.get("errors", [])] for line in found] == [
        [],
        ["age", "ecog"],
        [""],
        [""],
        [],
        [""],
    ]
    assert all(error["message"] for line in found for error in line.get("errors", []))
    assert [line.get("outcome") for line in found] == ["unclear", None, None, None, "not_a_match", None]


@pytest.mark.parametrize("given", [b"", b"\n", b"\n \n\t\n"])
def test_no_line_is_no_fault(given):
    """No line at all, or only blank ones: nothing to say."""
    assert run("--jsonl", given=given) == (0, b"", "")


def test_a_line_of_hostile_depth_does_not_stop_the_others():
    """Deep nesting, long numbers and odd keys have their faults; the next line is judged."""
    lines = [
        b'{"age_years": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"age_years": ' + b"9" * 100_000 + b"}",
        b'{"\\ud800": 1}',
        b"{}",
    ]
    status, out, _ = run("--jsonl", given=b"\n".join(lines) + b"\n")
    found = [json.loads(line) for line in out.splitlines()]
    assert status == 2
    assert [[error["key"] for error in line["errors"]] for line in found[:3]] == [
        ["age_years"],
        ["age_years"],
        ["\ud800"],
    ]
    assert found[3]["outcome"] == "unclear"


def test_a_reader_may_leave():
    """Nobody reads on: no traceback."""
    command = subprocess.Popen(
        [*COMMAND, "--jsonl"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    command.stdout.close()
    try:
        command.stdin.write(b"{}\n" * 1000)
        command.stdin.close()
    except BrokenPipeError:
        pass
    with command.stderr as errors:
        assert errors.read() == b""
    assert command.wait() == 0


def test_an_explanation():
    """--explain writes plain text: each rule with its status, the answers it used and its source."""
    given = b'{"age_years": 64, "radiotherapy_last_date": "2026-11-19", "labs_date": "2026-11-01"}'
    status, out, err = run("--explain", "--on", "2026-11-20", given=given)
    text = out.decode()
    assert (status, err) == (0, "")
    assert "only the study team decides" in text
    assert "stopped enrolling" in text
    assert (
        "I01 age: satisfied\n    age_years >= 18 years: yes\n    age_years = 64\n"
        "    source: registry, inclusion 1" in text
    )
    assert "E13 radiotherapy: not satisfied; by waiting it clears on 2026-12-10" in text


def test_an_explanation_of_bad_answers():
    """Bad answers are refused there as well."""
    status, out, err = run("--explain", given=b'{"ecog": 9}')
    assert (status, out) == (2, b"")
    assert err.startswith("ecog: ")


def test_help():
    """--help tells what the command does; an option that is not there is refused."""
    status, out, _ = run("--help")
    assert status == 0
    assert all(option in out for option in (b"--on", b"--jsonl", b"--explain", b"FILE"))
    assert run("--json")[0] == 2
