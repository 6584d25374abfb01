"""Diagnostics for other programs."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks import ALL_CHECKS
from generator.formats import github_text, json_text, sarif_text
from schemas.diagnostics import Diagnostic, Place, Severity

PLACE = Place("config/providers.yaml", 3, 5, 7, "    engine: nope")
ERROR = Diagnostic("unknown-engine", Severity.ERROR, "`nope` is not an engine", PLACE, "did you mean `none`?")
WARNING = Diagnostic("plain-http", Severity.WARNING, "unencrypted", Place("/etc/a b/providers.yaml", 1, 1))
INFO = Diagnostic("size-differs", Severity.INFO, "100% sure: yes, really")

_texts = st.text(max_size=40)
_places = st.builds(Place, _texts, st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 1000), _texts)
DIAGNOSTICS = st.builds(
    Diagnostic,
    st.sampled_from([check.code for check in ALL_CHECKS] + ["yaml-syntax", "made-up"]),
    st.sampled_from(list(Severity)),
    _texts,
    st.none() | _places,
    st.none() | _texts,
)


@pytest.fixture(scope="module")
def sarif_schema() -> jsonschema.Draft4Validator:
    """The schema of the OASIS committee, as the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT) ships it."""
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema)


def test_json_has_every_field() -> None:
    """Scripts find everything that people see."""
    assert json.loads(json_text([ERROR, INFO])) == {
        "diagnostics": [
            {
                "code": "unknown-engine",
                "severity": "error",
                "message": "`nope` is not an engine",
                "hint": "did you mean `none`?",
                "place": {
                    "path": "config/providers.yaml",
                    "line": 3,
                    "column": 5,
                    "width": 7,
                    "excerpt": "    engine: nope",
                },
            },
            {
                "code": "size-differs",
                "severity": "info",
                "message": "100% sure: yes, really",
                "hint": None,
                "place": None,
            },
        ],
        "counts": {"error": 1, "warning": 0, "info": 1},
    }


def test_json_of_nothing() -> None:
    """No diagnostics are an empty list, not an empty text."""
    assert json.loads(json_text([])) == {"diagnostics": [], "counts": {"error": 0, "warning": 0, "info": 0}}


def test_github_annotations() -> None:
    """One command a line; `%`, line ends, and in properties `:` and `,` are escaped."""
    assert github_text([ERROR, WARNING, INFO]).split("\n") == [
        (
            "::error file=config/providers.yaml,line=3,col=5,endColumn=12,title=unknown-engine::"
            "`nope` is not an engine%0Ahint: did you mean `none`?"
        ),
        "::warning file=/etc/a b/providers.yaml,line=1,col=1,endColumn=2,title=plain-http::unencrypted",
        "::notice title=size-differs::100%25 sure: yes, really",
    ]
    odd = Diagnostic("x", Severity.ERROR, "a\r\nb::c", Place("C:\\a,b.yaml", 1, 2))
    assert github_text([odd]) == "::error file=C%3A\\a%2Cb.yaml,line=1,col=2,endColumn=3,title=x::a%0D%0Ab::c"


def test_github_of_nothing() -> None:
    """Nothing to say is no command."""
    assert github_text([]) == ""


@given(st.lists(DIAGNOSTICS, max_size=3))
def test_github_commands_cannot_be_broken_out_of(found: list[Diagnostic]) -> None:
    """Whatever the texts, there is one line per diagnostic, and reading a command back gives its message."""
    lines = re.split("[\r\n]", github_text(found)) if found else []
    assert len(lines) == len(found)
    for line, diagnostic in zip(lines, found, strict=True):
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line, re.DOTALL)
        assert match is not None
        message = match[3].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        assert message == diagnostic.message + (
            f"\nhint: {diagnostic.hint}" if diagnostic.hint is not None else ""
        )


def test_sarif() -> None:
    """Rules are described once; results point to them and to the file."""
    (run,) = json.loads(sarif_text([ERROR, WARNING, WARNING, INFO]))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [
        "plain-http",
        "size-differs",
        "unknown-engine",
    ]
    assert all(
        rule["shortDescription"]["text"] and rule["help"]["text"] for rule in run["tool"]["driver"]["rules"]
    )
    assert [(result["ruleId"], result["ruleIndex"], result["level"]) for result in run["results"]] == [
        ("unknown-engine", 2, "error"),
        ("plain-http", 0, "warning"),
        ("plain-http", 0, "warning"),
        ("size-differs", 1, "note"),
    ]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "config/providers.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {
            "startLine": 3,
            "startColumn": 5,
            "endColumn": 12,
            "snippet": {"text": "    engine: nope"},
        },
    }
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"] == {
        "uri": "file:///etc/a%20b/providers.yaml"
    }
    assert "locations" not in run["results"][3]


@given(st.lists(DIAGNOSTICS, max_size=4))
def test_sarif_fits_its_schema(sarif_schema: jsonschema.Draft4Validator, found: list[Diagnostic]) -> None:
    """Whatever the diagnostics, the log is valid, and its indexes point to the rules they name."""
    log: dict[str, Any] = json.loads(sarif_text(found))
    sarif_schema.validate(log)
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
