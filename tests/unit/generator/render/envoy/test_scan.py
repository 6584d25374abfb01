"""scan.lua against Python's own JSON parser."""

import json
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.envoy.bodies import json_object, request
from tests.envoy.lua import script
from tests.envoy.reference import renamed


@cache
def lua() -> Any:
    """The functions of scan.lua; texts are bytes on both sides."""
    return script("scan", encoding=None)


def scanned(body: bytes, function: bytes = b"scan") -> tuple[bool, Any, bool]:
    """Whether the body is an object, its model and whether it streams, as Lua sees them."""
    found = lua()[function](body)
    if found is False:
        return False, None, False
    return found[0], found[1], found[2]


def expected(body: bytes) -> tuple[bool, Any, bool]:
    """The same as Python sees them; a name that is no text counts as False."""
    data = json.loads(body)
    model = data.get("model")
    known: Any = None if "model" not in data else False
    if isinstance(model, str):
        known = model.encode("utf-8", "surrogatepass")
    return True, known, data.get("stream") is True


def test_any_object_is_read_as_python_reads_it() -> None:
    """Both ways to scan find what json.loads finds in ten thousand objects."""
    for seed in range(10_000):
        body = json_object(Random(seed))
        assert scanned(body) == expected(body), (seed, body)
        assert scanned(body, b"scan_all") == expected(body), (seed, body)


def test_a_name_is_found_among_duplicates_and_escapes() -> None:
    """In ten thousand requests the last of several names wins, and escapes in keys and names are understood."""
    for seed in range(10_000):
        body = request(Random(seed), "llama3.1:8b")
        assert scanned(body) == expected(body), (seed, body)
        assert scanned(body)[1] == b"llama3.1:8b", (seed, body)


@pytest.mark.parametrize("name", ["engine", "public", 'a"b\\c', "é/😀"])
def test_renaming_changes_only_names(name: str) -> None:
    """Every other name at the top is replaced and no other byte changes; nothing is copied where nothing changes."""
    engine = name.encode()
    for seed in range(2_000):
        body = request(Random(seed), "public")
        spans = lua()[b"scan"](body)[3]
        changed = lua()[b"rename"](body, spans, engine, lua()[b"json_encode"](engine))
        assert (body if changed is None else changed) == renamed(body, name), (seed, body)
        assert (changed is None) == (renamed(body, name) == body), (seed, body)


@given(st.binary(max_size=60) | st.text('{}[]":,\\ model\n', max_size=40).map(str.encode))
@settings(max_examples=1_000, deadline=None)
def test_no_text_breaks_the_scanner(body: bytes) -> None:
    """Bytes that are no JSON end the scan without an error, and both ways to scan agree on what is valid."""
    scanned(body)
    scanned(body, b"scan_all")
    try:
        data = json.loads(body)
    except ValueError:
        return
    assert scanned(body)[0] == isinstance(data, dict) or body.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    ("body", "model"),
    [
        (b'{"metadata":{"model":"inner"}}', None),
        (b'{"tools":[{"model":"inner"}],"x":1}', None),
        (b'{"model":"a","model":5}', False),
        (b'{"model":5,"model":"b"}', b"b"),
        (b'{"x":"model","mod\\u0065l":"c"}', b"c"),
        (b'{"model":"\\ud83d\\ude00"}', "😀".encode()),
        (b'{"model":"a\\', None),
        (b'{"model":"\\x"}', False),
    ],
)
def test_names_that_are_easily_missed(body: bytes, model: object) -> None:
    """A nested name is no name; the last one counts, even where it is not a text."""
    assert scanned(body)[1] == model
    assert scanned(body, b"scan_all")[1] == model


def test_long_strings_cost_little() -> None:
    """A string of a million backslashes and quotes is passed in time that grows with its length alone."""
    body = json.dumps({"messages": '\\"' * 500_000, "model": "m"}).encode()
    assert scanned(body)[1] == b"m"
    assert scanned(body, b"scan_all")[1] == b"m"
