"""Stage 2: the text of a YAML file becomes data with positions.

The reader is PyYAML's libyaml parser for the events, and YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema)
for the scalars. Everything that two YAML readers would understand differently is refused.
"""

import contextlib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml
from yaml._yaml import CParser

from generator.scalars import AMBIGUOUS_NUMBER, DISGUISED, NOT_FINITE, core_value
from generator.secrets import MASK, mask_line, mask_secrets, mask_tokens, secrets_in
from generator.source import Source
from schemas.diagnostics import Diagnostic, DocumentKind, KeyPath, Place, Rejected, Severity

MAX_BYTES = 16 * 1024 * 1024
MAX_NODES = 500_000
MAX_DEPTH = 40

# https://yaml.org/spec/1.2.2/#51-character-set
_NOT_PRINTABLE = re.compile("[^\t\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")  # libyaml counts these as line ends
_BRACKET = re.compile(r"[\[\]{}]")
_DEEP_LEAD = re.compile(r"[ \t?:-]{40}")
_PLAIN, _QUOTED, _COLLECTION = "plain", "quoted", "collection"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a node stands; `line` and `column` count from 0, `width` in characters on its first line."""

    line: int
    column: int
    width: int
    lines_below: int = 0
    """Further lines it reaches into."""


@dataclass(frozen=True)
class Document:
    """A parsed file: plain data, and the span of every key and value in it."""

    kind: DocumentKind
    path: str
    data: Any
    lines: tuple[str, ...]
    values: dict[KeyPath, Span] = field(default_factory=dict)
    keys: dict[KeyPath, Span] = field(default_factory=dict)

    def place(self, keys: KeyPath, *, on_key: bool = False) -> Place:
        """The place of a node, or of its nearest ancestor that stands in the file."""
        for length in range(len(keys), -1, -1):
            span = self._span(keys[:length], on_key=on_key or length < len(keys))
            if span is not None:
                excerpt = self.lines[span.line] if span.line < len(self.lines) else ""
                return _place(self.path, excerpt, self._shown(span.line, excerpt), span)
        return Place(self.path, 1, 1)

    def spans(self, keys: KeyPath) -> tuple[Span | None, Span | None]:
        """Where a node's key and value stand. What stands inside an anchored node has the same spans wherever an alias repeats it."""
        return self.keys.get(keys), self.values.get(keys)

    def _shown(self, number: int, line: str) -> str:
        for start, end in sorted(self._hidden.get(number, ()), reverse=True):
            line = line[:start] + MASK + line[end:]
        return mask_secrets(line)

    @cached_property
    def _hidden(self) -> dict[int, set[tuple[int, int]]]:
        """Columns that hold secrets, by line: what quotes, escapes, folding and block scalars make of a line does not matter here."""
        hidden: dict[int, set[tuple[int, int]]] = {}
        for found in secrets_in(self.data):
            span = (self.keys if found.on_key else self.values)[found.keys]
            hidden.setdefault(span.line, set()).add((span.column, span.column + span.width))
            for number in range(span.line + 1, min(span.line + 1 + span.lines_below, len(self.lines))):
                line = self.lines[number]
                hidden.setdefault(number, set()).add((len(line) - len(line.lstrip()), len(line)))
        return hidden

    def _span(self, keys: KeyPath, *, on_key: bool) -> Span | None:
        if on_key and keys in self.keys:
            return self.keys[keys]
        return self.values.get(keys)


def place_of(path: str, lines: tuple[str, ...], span: Span) -> Place:
    """A span as people count it, with its source line."""
    if span.line >= len(lines):
        return _place(path, "", "", span)
    return _place(path, lines[span.line], mask_line(lines, span.line), span)


def _place(path: str, line: str, shown: str, span: Span) -> Place:
    width = max(1, min(span.width, len(line) - span.column))
    # Nor does the caret tell how long a secret is.
    return Place(
        path,
        span.line + 1,
        span.column + 1,
        len(MASK) if shown.startswith(MASK, span.column) else width,
        shown,
    )


class _Composer(CParser):
    """libyaml's composer with scalars left unresolved: a node's tag says how it was written."""

    def resolve(self, kind: type[yaml.Node], _value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _QUOTED
        return _COLLECTION

    def descend_resolver(self, current: Any, index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def _decode(source: Source) -> str:
    if len(source.content) > MAX_BYTES:
        raise _rejection(
            source, (), "file-too-large", f"the file is larger than {MAX_BYTES // 2**20} MiB", Span(0, 0, 1)
        )
    try:
        text = source.content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = source.content[: error.start].decode("utf-8")
        span = Span(before.count("\n"), len(before) - before.rfind("\n") - 1, 1)
        raise _rejection(source, (), "not-utf8", "the file is not UTF-8 text", span) from None
    if text.startswith("\ufeff"):
        hint = "save the file as UTF-8 without a byte order mark"
        raise _rejection(
            source, (), "byte-order-mark", "the file starts with a byte order mark", Span(0, 0, 1), hint
        )
    return text


def _rejection(
    source: Source, lines: tuple[str, ...], code: str, message: str, span: Span, hint: str | None = None
) -> Rejected:
    place = place_of(source.path, lines, span)
    return Rejected([Diagnostic(code, Severity.ERROR, mask_tokens(message), place, hint)])


def _may_nest_deeply(text: str, lines: tuple[str, ...]) -> bool:
    """Whether the text could nest beyond `MAX_DEPTH`: cheap, and never wrong when it says no."""
    if text.count("[") + text.count("{") > MAX_DEPTH:
        opened = 0
        for bracket in _BRACKET.findall(text):
            opened += 1 if bracket in "[{" else -1
            if not -MAX_DEPTH <= opened <= MAX_DEPTH:
                return True
    return any(_DEEP_LEAD.match(line) for line in lines)


def _refuse_deep_nesting(source: Source, text: str, lines: tuple[str, ...]) -> None:
    """libyaml's composer recurses in C and ends the process on very deep nesting; its event parser does not."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _rejection(
                    source, lines, "too-deep", f"nested deeper than {MAX_DEPTH} levels", _at(event.start_mark)
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _compose(source: Source, text: str, lines: tuple[str, ...]) -> yaml.Node:
    composer = _Composer(text)
    try:
        if _may_nest_deeply(text, lines):
            _refuse_deep_nesting(source, text, lines)
        node = composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        span = _at(error.problem_mark if error.problem_mark is not None else error.context_mark)
        problem = " ".join(part for part in (error.context, error.problem) if part) or "not YAML"
        line = lines[span.line] if span.line < len(lines) else ""
        hint = "indent with spaces; YAML does not allow tabs" if "\t" in line else None
        raise _rejection(source, lines, "yaml-syntax", problem, span, hint) from None
    except (yaml.YAMLError, ValueError) as error:
        raise _rejection(source, lines, "yaml-syntax", _first_line(error), _unprintable(lines)) from None
    finally:
        composer.dispose()
    if node is None:
        hint = "start with `version: 1`"
        raise _rejection(source, lines, "empty-file", "the file is empty", Span(0, 0, 1), hint)
    return node


def _at(mark: Any) -> Span:
    """The character at a mark of libyaml's; the file's first where it has none."""
    return Span(mark.line, mark.column, 1) if mark is not None else Span(0, 0, 1)


def _unprintable(lines: tuple[str, ...]) -> Span:
    """The first character that YAML does not allow, for which libyaml tells no line; the file's first where there is none."""
    for number, line in enumerate(lines):
        if found := _NOT_PRINTABLE.search(line):
            return Span(number, found.start(), 1)
    return Span(0, 0, 1)


def _first_line(error: Exception) -> str:
    reason = getattr(error, "reason", None) or str(error)
    return str(reason).splitlines()[0] if str(reason) else "not YAML"


class _TooMuch(Exception):
    """The document expands beyond what a configuration can need; reading stops."""


class _Reader:
    """Turns nodes into data. Collects diagnostics; gives up only when the document expands without bound."""

    def __init__(self, source: Source, lines: tuple[str, ...]) -> None:
        self._source = source
        self._lines = lines
        self.diagnostics: list[Diagnostic] = []
        self.values: dict[KeyPath, Span] = {}
        self.keys: dict[KeyPath, Span] = {}

    def refuse(self, code: str, message: str, node: yaml.Node, hint: str | None = None) -> None:
        place = place_of(self._source.path, self._lines, _span(node))
        self.diagnostics.append(
            Diagnostic(code, Severity.ERROR, mask_tokens(message), place, hint and mask_tokens(hint))
        )

    def read(self, node: yaml.Node, path: KeyPath) -> Any:
        self.values[path] = _span(node)
        if len(self.values) > MAX_NODES:
            self.refuse(
                "too-many-nodes",
                f"the file has more than {MAX_NODES} values, those of aliases counted each time",
                node,
            )
            raise _TooMuch
        if len(path) > MAX_DEPTH:
            self.refuse("too-deep", f"nested deeper than {MAX_DEPTH} levels", node)
            raise _TooMuch
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag != _COLLECTION:
            self._refuse_tag(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key is None:
                continue
            here = (*path, key)
            if key in data:
                first = self.keys[here].line + 1
                self.refuse(
                    "duplicate-key", f"`{key}` is given twice", key_node, f"it stands in line {first} already"
                )
                continue
            self.keys[here] = _span(key_node)
            data[key] = self.read(value_node, here)
        return data

    def _key(self, node: yaml.Node) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self.refuse("yaml-key", "a key must be text", node)
            return None
        if node.tag == _PLAIN and node.value == "<<":
            self.refuse(
                "yaml-merge-key",
                "merge keys (`<<`) are not part of YAML 1.2",
                node,
                "repeat the keys, or use an alias for a whole value",
            )
            return None
        if node.tag == _PLAIN and node.value in DISGUISED:
            self.refuse(
                "disguised-boolean",
                f"some YAML readers take `{node.value}` for a boolean",
                node,
                f'write "{node.value}" in quotes',
            )
        return str(node.value)

    def _refuse_tag(self, node: yaml.Node) -> None:
        tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
        self.refuse("yaml-tag", f"the tag `{tag}` is not allowed", node, "write the value itself")

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text = str(node.value)
        if node.tag == _QUOTED:
            return text
        if node.tag != _PLAIN:
            self._refuse_tag(node)
            return text
        if text in DISGUISED:
            hint = f'write true or false for a boolean, "{text}" in quotes for text'
            self.refuse("disguised-boolean", f"some YAML readers take `{text}` for a boolean", node, hint)
            return text
        if NOT_FINITE.fullmatch(text):
            self.refuse("not-a-number", f"`{text}` is not a number that a configuration can use", node)
            return None
        if AMBIGUOUS_NUMBER.fullmatch(text):
            hint = f'write it without leading zeros, or "{text}" in quotes for text'
            self.refuse("ambiguous-number", f"YAML readers take `{text}` for different numbers", node, hint)
            return None
        return core_value(text)


def _span(node: yaml.Node) -> Span:
    start, end = node.start_mark, node.end_mark
    width = end.column - start.column if end.line == start.line else 1_000
    return Span(start.line, start.column, max(1, width), end.line - start.line)


def parse(source: Source) -> Document:
    """Parse one file.

    Raises `Rejected`, and nothing else whatever the bytes, for what is not UTF-8 or not YAML, for duplicate keys, and
    for everything that YAML 1.1 and 1.2 readers understand differently.
    """
    text = _decode(source)
    lines = tuple(_LINE_BREAK.split(text))
    node = _compose(source, text, lines)
    reader = _Reader(source, lines)
    data: Any = None
    with contextlib.suppress(_TooMuch):
        data = reader.read(node, ())
    if not reader.diagnostics and not isinstance(data, dict):
        reader.refuse(
            "not-a-mapping", "the file must be a mapping of keys to values", node, "start with `version: 1`"
        )
    if reader.diagnostics:
        raise Rejected(reader.diagnostics)
    return Document(source.kind, source.path, data, lines, reader.values, reader.keys)
