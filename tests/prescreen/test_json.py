"""JSON is read without loss, and whatever is no JSON is refused by name."""

import json

import pytest

from actions.prescreen.jsontext import NoNumber, NotJSON, RepeatedKeys, _parse_without_limits, parse

DEEP = 50_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff{}", "not UTF-8"),
        (b'{"age_years": "\xed\xa0\x80"}', "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"", "line 1, column 1"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"a": 1}\n}', "line 2, column 1"),
        (b'{"a": "\t"}', "line 1, column 8"),
        (b"[" * DEEP, f"column {DEEP + 1}"),
        (b"[" * DEEP + b"]" * (DEEP - 1), "column"),
        (b"[" * DEEP + b"]" * (DEEP + 1), "Extra data"),
        (b"[" * DEEP + b"}", "column"),
        (b'{"a": ' * DEEP, "column"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_no_json(data, reason):
    """What is no JSON says where it stops being so, however deep."""
    with pytest.raises(NotJSON, match=reason):
        parse(data)


def test_any_depth():
    """Nesting of any depth is read."""
    value = parse(b'{"a": ' + b"[" * DEEP + b"]" * DEEP + b', "b": 1}')
    assert value["b"] == 1
    assert list(parse(b'{"a": ' * DEEP + b"1" + b"}" * DEEP)) == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{}",
        " [ ] ",
        '{"a": [1, -0, 2.50, 1e5, "x\\u00e9\\ud800", true, false, null, {}, []], "b": {"c": {"d": []}}}',
        '\r\n\t{"" :\n[ {"a":1} , 2 ]\r}',
        '"text"',
        "12",
    ],
)
def test_both_parsers_agree(text):
    """The parser without limits reads what the other one reads."""
    assert repr(_parse_without_limits(text)) == repr(parse(text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "{,}",
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "[1 2]",
        "01",
        "+1",
        "1.",
        ".5",
        "nul",
        "[1}",
        '{"a":1]',
        '"x',
        "\u00a0{}",
        "1e",
        "--1",
        "NaN1",
        "{1: 2}",
    ],
)
def test_both_parsers_refuse(text):
    """And it refuses what the other one refuses."""
    with pytest.raises(json.JSONDecodeError):
        _parse_without_limits(text)
    with pytest.raises(NotJSON):
        parse(text.encode())


def test_what_json_does_not_have_is_kept_to_be_refused():
    """NaN, Infinity and repeated keys are read as what they are, at any depth."""
    for read in (lambda text: parse(text.encode()), _parse_without_limits):
        value = read('[NaN, -Infinity, {"a": 1, "b": 2, "a": {"c": 1, "c": 2}}]')
        assert [type(part) for part in value] == [NoNumber, NoNumber, RepeatedKeys]
        assert value[2].given["b"] == [2]
        assert type(value[2]["a"]) is RepeatedKeys
