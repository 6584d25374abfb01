"""Stage 2: text becomes data with positions, or is refused."""

import contextlib
import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.document import MAX_DEPTH, Document, parse
from generator.report import text as shown
from generator.source import Source
from schemas.diagnostics import Diagnostic, DocumentKind, KeyPath, Rejected


def read(text: str | bytes) -> Document:
    """A parsed gateway.yaml."""
    content = text.encode() if isinstance(text, str) else text
    return parse(Source(DocumentKind.GATEWAY, "gateway.yaml", content))


def refused(text: str | bytes) -> list[Diagnostic]:
    """What a text is refused with."""
    with pytest.raises(Rejected) as caught:
        read(text)
    return list(caught.value.diagnostics)


def marked(document: Document, *keys: str | int, on_key: bool = False) -> str:
    """The characters that a node's place covers."""
    place = document.place(keys, on_key=on_key)
    return place.excerpt[place.column - 1 : place.column - 1 + place.width]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("-7", -7),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("22:30", "22:30"),
        ("1_000", "1_000"),
        ("2026-01-01", "2026-01-01"),
        ("tRue", "tRue"),
        ("'8080'", "8080"),
        ('"true"', "true"),
        ("'no'", "no"),
        ("=", "="),
        ("y", "y"),
        ("1" * 500, "1" * 500),
        ("1e999", "1e999"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, value: Any) -> None:
    """YAML 1.1's sexagesimals, underscores, dates and short booleans are text, or refused."""
    data = read(f"a: {written}\n").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize("number", ["010", "-07", "+00", "0899"])
def test_numbers_that_readers_disagree_about_are_refused(number: str) -> None:
    """As values, but not in quotes, nor as keys, which are text; one zero is a zero."""
    assert [d.code for d in refused(f"a: {number}\n")] == ["ambiguous-number"]
    assert read(f"a: '{number}'\n{number}: 0\n").data == {"a": number, number: 0}


def test_a_character_that_yaml_does_not_allow_is_pointed_at() -> None:
    """And not shown, since a terminal would act on it."""
    (found,) = refused("version: 1\na: b\x1b[31m\n")
    assert found.place is not None
    assert (found.place.line, found.place.column) == (2, 5)
    assert "\x1b" not in shown(found)


@pytest.mark.parametrize(("written", "shown"), [("!!str x", "!!str"), ("!include x", "!include")])
def test_a_tag_is_told_as_it_is_written(written: str, shown: str) -> None:
    """Not by the URI that libyaml makes of it."""
    (found,) = refused(f"a: {written}\n")
    assert found.message == f"the tag `{shown}` is not allowed"


@pytest.mark.parametrize("word", ["yes", "No", "ON", "off"])
def test_words_that_readers_disagree_about_are_refused(word: str) -> None:
    """As values and as keys, but not in quotes or as a part of text."""
    assert [d.code for d in refused(f"a: {word}\n")] == ["disguised-boolean"]
    assert [d.code for d in refused(f"{word}: 1\n")] == ["disguised-boolean"]
    assert read(f'a: "{word}"\n"{word}": {word}thing\n').data == {"a": word, word: f"{word}thing"}


@pytest.mark.parametrize("word", [".inf", "-.Inf", "+.INF", ".nan", ".NaN"])
def test_numbers_without_a_value_are_refused(word: str) -> None:
    """JSON could not carry them, and no setting takes them."""
    assert [d.code for d in refused(f"a: {word}\n")] == ["not-a-number"]


def test_keys_are_text_whatever_they_look_like() -> None:
    """A model may be called 8080 or null."""
    assert read("8080: a\nnull: b\n1.0: c\ntrue: d\n").data == {
        "8080": "a",
        "null": "b",
        "1.0": "c",
        "true": "d",
    }


TEXT = """\
version: 1
listen:
  port: 4000
list: [one, {two: 2}]
block:
  - first
  - second: "a b"
long: |
  line one
  line two
"schlüssel": "wört"
"""


@pytest.mark.parametrize(
    ("keys", "on_key", "expected"),
    [
        (("version",), False, "1"),
        (("version",), True, "version"),
        (("listen", "port"), False, "4000"),
        (("listen", "port"), True, "port"),
        (("list",), False, "[one, {two: 2}]"),
        (("list", 0), False, "one"),
        (("list", 1, "two"), False, "2"),
        (("list", 1, "two"), True, "two"),
        (("block", 1, "second"), False, '"a b"'),
        (("long",), False, "|"),
        (("schlüssel",), False, '"wört"'),
        (("schlüssel",), True, '"schlüssel"'),
    ],
)
def test_every_node_has_a_place(keys: KeyPath, on_key: bool, expected: str) -> None:  # noqa: FBT001
    """Columns count characters, not bytes."""
    assert marked(read(TEXT), *keys, on_key=on_key) == expected


def test_a_node_that_is_not_there_has_the_place_of_its_nearest_ancestor() -> None:
    """What is missing is told where it is missing: at its owner's key."""
    document = read(TEXT)
    assert marked(document, "listen", "address") == "listen"
    assert marked(document, "list", 1, "three", "four") == "{two: 2}"
    assert document.place(("nothing",)).line == 1


def test_places_count_from_one() -> None:
    """As editors do."""
    place = read(TEXT).place(("listen", "port"))
    assert (place.path, place.line, place.column, place.width) == ("gateway.yaml", 3, 9, 4)
    assert place.excerpt == "  port: 4000"


def test_what_an_alias_brings_has_the_places_of_its_anchor() -> None:
    """An error in shared values is corrected where they are written; the keys that hold them are where they stand."""
    document = read("a: &shared\n  x: 1\nb: *shared\nc: {d: *shared}\n")
    assert document.data == {"a": {"x": 1}, "b": {"x": 1}, "c": {"d": {"x": 1}}}
    assert document.place(("b", "x")).line == 2
    assert document.place(("b",), on_key=True).line == 3
    assert document.place(("c", "d", "x")).line == 2
    assert document.place(("c", "d"), on_key=True).line == 4


def test_an_alias_of_a_scalar_has_its_value() -> None:
    """Types are those of the anchor."""
    assert read("a: &port 4000\nb: *port\nc: &text '4000'\nd: *text\n").data == {
        "a": 4000,
        "b": 4000,
        "c": "4000",
        "d": "4000",
    }


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("", "empty-file", 1, 1),
        ("# nothing\n---\n", "not-a-mapping", 3, 1),
        ("- a\n", "not-a-mapping", 1, 1),
        ("text\n", "not-a-mapping", 1, 1),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
        ("a: {b: 1, b: 2}\n", "duplicate-key", 1, 11),
        ("a: 1\n'a': 2\n", "duplicate-key", 2, 1),
        ("a:\n\tb: 1\n", "yaml-syntax", 2, 1),
        ("a: [1\n", "yaml-syntax", 2, 1),
        ("a: *nothing\n", "yaml-syntax", 1, 4),
        ("a: 1\n---\nb: 2\n", "yaml-syntax", 2, 1),
        ("a: @b\n", "yaml-syntax", 1, 4),
        ("a: !!str 1\n", "yaml-tag", 1, 4),
        ("a: !include b\n", "yaml-tag", 1, 4),
        ("a: !!python/object:os.system {}\n", "yaml-tag", 1, 4),
        ("a: !x [1]\n", "yaml-tag", 1, 4),
        ("a: 1\n<<: {b: 1}\n", "yaml-merge-key", 2, 1),
        ("[a]: 1\n", "yaml-key", 1, 1),
        ("? {a: 1}\n: 1\n", "yaml-key", 1, 3),
        ("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "too-deep", 1, 3 + MAX_DEPTH),
        ("a: " + "[" * 100_000, "too-deep", 1, 3 + MAX_DEPTH),
        ("- " * 100_000, "too-deep", 1, 81),
    ],
)
def test_what_is_refused_and_where(text: str, code: str, line: int, column: int) -> None:
    """One diagnostic with the place of the fault."""
    (found,) = refused(text)
    assert found.code == code
    assert found.place is not None
    assert (found.place.line, found.place.column) == (line, column)


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"\xef\xbb\xbfversion: 1\n", "byte-order-mark", 1, 1),
        (b"a: 1\nb: caf\xe9\n", "not-utf8", 2, 7),
        ("ä: 1\n".encode() + b"b: \xff\n", "not-utf8", 2, 4),
        ("a: 1\n".encode("utf-16"), "not-utf8", 1, 1),
        (b"a: \x00\n", "yaml-syntax", 1, 4),
        (b"#" * (16 * 1024 * 1024 + 1), "file-too-large", 1, 1),
    ],
)
def test_bytes_that_are_no_text_are_refused(content: bytes, code: str, line: int, column: int) -> None:
    """With the place of the first wrong byte where there is one."""
    (found,) = refused(content)
    assert found.code == code
    assert found.place is not None
    assert (found.place.line, found.place.column) == (line, column)


def test_all_faults_of_a_file_are_told_at_once() -> None:
    """But for those of syntax, behind which nothing can be read."""
    text = "a: yes\nb: {c: 1, c: 2}\nd: !x 1\n<<: 1\ne: .nan\n"
    assert [d.code for d in refused(text)] == [
        "disguised-boolean",
        "duplicate-key",
        "yaml-tag",
        "yaml-merge-key",
        "not-a-number",
    ]


def test_a_tab_in_the_indentation_gets_a_hint() -> None:
    """It is the most frequent fault of syntax, and cannot be seen."""
    (found,) = refused("a:\n\tb: 1\n")
    assert "tabs" in (found.hint or "")


def test_tabs_inside_values_are_text() -> None:
    """Only indentation may have none."""
    assert read('a: "x\\ty"\n').data == {"a": "x\ty"}


def test_line_ends_of_windows_are_read_alike() -> None:
    """Also for places."""
    document = read(TEXT.replace("\n", "\r\n"))
    assert document.data == read(TEXT).data
    assert marked(document, "listen", "port") == "4000"
    assert document.place(("listen", "port")).excerpt == "  port: 4000"


def test_an_alias_inside_its_own_anchor_is_refused() -> None:
    """It stands for an endless value."""
    assert refused("a: &a [*a]\n")


def test_a_megabyte_is_read_in_moments() -> None:
    """Ten thousand models are a file of this size; the bench measures, this notices what is out of proportion."""
    model = "  org/model-{}:8b:\n    capabilities: [chat, completion, tools]\n    context_length: 8192\n    tags: [a, b]\n"
    text = "models:\n" + "".join(model.format(index) for index in range(9_500))
    assert len(text) > 1_000_000
    start = time.process_time()
    document = read(text)
    assert time.process_time() - start < 5
    assert document.place(("models", "org/model-9499:8b", "tags", 1)).line == 9_500 * 4 + 1


@given(st.binary(max_size=200))
@example(b"\xff\xfe\x00")
@example(b"a: \xed\xa0\x80")
@example(b"? ? ? ?")
@example(b"a: 0x" + b"f" * 50_000)
@example(b"%YAML 9.9\n---\na: 1")
@example(b'a: "\\ud800"')
def test_arbitrary_bytes_are_read_or_rejected(content: bytes) -> None:
    """Nothing but `Rejected` is raised, and what is read is a mapping."""
    with contextlib.suppress(Rejected):
        assert isinstance(read(content).data, dict)


@given(st.text(alphabet=st.sampled_from(list("ab01:-?[]{},&*!|>'\"%@#\n \t.~<=\u2028é\x85")), max_size=80))
def test_arbitrary_yaml_is_read_or_rejected_with_a_place_inside(text: str) -> None:
    """Every diagnostic points into the file, at one of its lines or at its end."""
    try:
        document = read(text)
    except Rejected as rejected:
        for found in rejected.diagnostics:
            assert found.place is not None
            assert 1 <= found.place.line <= len(text) + 1
            assert found.place.column >= 1
            assert found.place.width >= 1
    else:
        for keys in document.values:
            assert document.place(keys).width >= 1
