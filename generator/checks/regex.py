"""Regular expressions of patterns: compiled as Envoy compiles them, and taken apart to find names that they match.

RE2 decides what a pattern matches. Python's own parser is used for its syntax tree only; where it does not know RE2's
syntax there is no tree, and nothing is concluded from it.
"""

import itertools
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from re import _constants as _c  # type: ignore[attr-defined]  # isort: skip
from re import _parser  # type: ignore[attr-defined]  # isort: skip

_FILLERS = ("llama3.1:8b", "zz-9_QX/7", "Org/name-2.5", "0")
_ALPHABET = (
    "".join(sorted(map(chr, range(32, 127)), key=lambda c: (not c.isalnum(), not c.islower(), c))) + "é模"
)
_MAX_GROUPS_IN_TREE = 60
_MAX_ALTERNATIVES = 32
_REPEATS = (_c.MAX_REPEAT, _c.MIN_REPEAT, _c.POSSESSIVE_REPEAT)
_REWRITE = re.compile(r"\\(?P<group>[0-9])|\\(?P<escaped>\\)|(?P<wrong>\\.?)|(?P<text>[^\\]+)", re.DOTALL)

Tree = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Regex:
    """A regular expression as written. `fault` says why it does not compile, `offset` where, counted from 0."""

    source: str
    compiled: Any
    fault: str | None = None
    offset: int | None = None

    @cached_property
    def tree(self) -> Tree | None:
        """Python's syntax tree; None where Python cannot read what RE2 can."""
        if self.compiled is None or self.source.count("(") > _MAX_GROUPS_IN_TREE:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return list(_parser.parse(self.source.replace("(?<", "(?P<")))
            except (re.error, OverflowError):
                return None

    @property
    def groups(self) -> int:
        """How many capturing groups it has."""
        return int(self.compiled.groups) if self.compiled is not None else 0

    def match(self, name: str) -> tuple[str, ...] | None:
        """The whole match and each group's text (empty where it took no part); None where the name does not match in full."""
        found = self.compiled.fullmatch(name) if self.compiled is not None else None
        return None if found is None else tuple(found.group(index) or "" for index in range(self.groups + 1))

    def allows(self, rewrite: str | None) -> bool:
        """Whether every part of a rewrite means something."""
        return all(
            kind == "text" or (kind == "group" and int(part) <= self.groups)
            for kind, part in rewrite_parts(rewrite or "")
        )

    def examples(self, values: Mapping[int, str] | None = None) -> Iterator[str]:
        """Names that it matches, with the groups in `values` filled as told; none where there is no tree."""
        if self.tree is None:
            return
        seen: set[str] = set()
        turns = range(max(_alternatives(self.tree), len(_FILLERS)))
        for full, turn in itertools.product((True, False), turns):
            name = _example(self.tree, values or {}, turn, full=full)
            if name not in seen and self.match(name) is not None:
                seen.add(name)
                yield name


def compile_regex(source: str) -> Regex:
    """Compile with RE2. A fault is in the result, with RE2's words for it."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return Regex(source, re2.compile(source, options))
    except re2.error as error:
        reason, _, part = error.args[0].decode("utf-8", "replace").partition(": ")
        offset = source.find(part) if part and part != source else -1
        return Regex(source, None, reason, offset if offset >= 0 else None)


def full_match_set(regexes: Sequence[Regex]) -> Any:
    """All regular expressions as one: `Match(name)` gives the indexes of those that match in full, or None."""
    import re2

    options = re2.Options()
    options.log_errors = False
    together = re2.Set.FullMatchSet(options)
    for regex in regexes:
        # One that does not compile keeps its index and matches no character at all.
        together.Add(regex.source if regex.compiled is not None else r"[^\x00-\x{10FFFF}]")
    together.Compile()
    return together


def rewrite_parts(rewrite: str) -> Iterator[tuple[str, str]]:
    """The parts of a rewrite in RE2's notation: `group` with its digit, `text`, or `wrong` for a stray backslash."""
    for found in _REWRITE.finditer(rewrite):
        kind = str(found.lastgroup)
        yield ("text" if kind == "escaped" else kind), found[kind]


def rewritten(rewrite: str, groups: tuple[str, ...]) -> str:
    """The name that a rewrite makes of a match; a group that does not exist is empty."""
    return "".join(
        part if kind != "group" else groups[int(part)] if int(part) < len(groups) else ""
        for kind, part in rewrite_parts(rewrite)
    )


def names_for(regex: Regex, rewrite: str | None, engine_model: str) -> Iterator[str]:
    """Names whose requests reach an engine's model through a pattern."""
    if rewrite is None:
        if regex.match(engine_model) is not None:
            yield engine_model
        return
    values = _values(rewrite, engine_model)
    if values is None:
        return
    candidates = [values[0]] if 0 in values else regex.examples(values)
    for name in candidates:
        groups = regex.match(name)
        if groups is not None and rewritten(rewrite, groups) == engine_model:
            yield name


def _values(rewrite: str, engine_model: str) -> dict[int, str] | None:
    """What the groups must hold for a rewrite to give `engine_model`; None where it never does."""
    shape, groups = _shape(rewrite)
    found = shape.match(engine_model)
    return None if found is None else dict(zip(groups, found[1:], strict=True))


@lru_cache(maxsize=256)
def _shape(rewrite: str) -> tuple[Regex, tuple[int, ...]]:
    """What names a rewrite makes look like, and its groups in order. RE2, since several `.*` make others backtrack."""
    parts = list(rewrite_parts(rewrite))
    shape = compile_regex(
        "".join("(?s:(.*))" if kind == "group" else re.escape(part) for kind, part in parts)
    )
    return shape, tuple(int(part) for kind, part in parts if kind == "group")


def _alternatives(tree: Tree) -> int:
    """The largest number of alternatives at any one place, at most `_MAX_ALTERNATIVES`."""
    most = 1
    for operation, argument in tree:
        if operation is _c.BRANCH:
            most = max(most, len(argument[1]), *(_alternatives(list(branch)) for branch in argument[1]))
        elif operation is _c.IN:
            most = max(most, len(argument))
        elif (inner := _inner(operation, argument)) is not None:
            most = max(most, _alternatives(inner))
    return min(most, _MAX_ALTERNATIVES)


def _inner(operation: Any, argument: Any) -> Tree | None:
    """The tree inside a repetition or a group."""
    if operation in _REPEATS:
        return list(argument[2])
    return list(argument[3]) if operation is _c.SUBPATTERN else None


def _example(tree: Tree, values: Mapping[int, str], turn: int, *, full: bool) -> str:
    """A name that a tree may match. `turn` picks alternatives and characters; `full` takes what may be left out."""
    text = ""
    for operation, argument in tree:
        if operation is _c.BRANCH:
            text += _example(list(argument[1][turn % len(argument[1])]), values, turn, full=full)
        elif operation is _c.SUBPATTERN and argument[0] in values:
            text += values[argument[0]]
        elif operation is _c.SUBPATTERN:
            text += _example(list(argument[3]), values, turn, full=full)
        elif operation in _REPEATS:
            text += _repeated(argument, values, turn, full=full)
        else:
            fitting = [c for c in _ALPHABET if _accepts(operation, argument, c)]
            text += fitting[turn % len(fitting)] if fitting else ""
    return text


def _repeated(repeat: Any, values: Mapping[int, str], turn: int, *, full: bool) -> str:
    low, high, body = int(repeat[0]), int(repeat[1]), list(repeat[2])
    if low == 0 and not full:
        return ""
    fitting = [
        c for c in _FILLERS[turn % len(_FILLERS)] if len(body) == 1 and _accepts(body[0][0], body[0][1], c)
    ]
    if not fitting:
        return _example(body, values, turn, full=full) * min(max(low, 1), high)
    return ("".join(fitting) * (1 + low // len(fitting)))[: min(max(low, len(fitting)), high)]


def _accepts(operation: Any, argument: Any, character: str) -> bool:
    """Whether a node that stands for one character accepts it."""
    point = ord(character)
    if operation is _c.LITERAL:
        return bool(point == argument)
    if operation is _c.NOT_LITERAL:
        return bool(point != argument)
    if operation is _c.RANGE:
        return bool(argument[0] <= point <= argument[1])
    if operation is _c.CATEGORY:
        return _in_category(argument, character)
    if operation is _c.IN:
        negated = argument[0][0] is _c.NEGATE
        return negated != any(_accepts(kind, value, character) for kind, value in argument[negated:])
    return operation is _c.ANY


def _in_category(category: Any, character: str) -> bool:
    """RE2's classes are ASCII only (https://github.com/google/re2/wiki/Syntax)."""
    known = {
        _c.CATEGORY_DIGIT: character.isascii() and character.isdigit(),
        _c.CATEGORY_SPACE: character in "\t\n\f\r ",
        _c.CATEGORY_WORD: character.isascii() and (character.isalnum() or character == "_"),
    }
    opposite = {
        _c.CATEGORY_NOT_DIGIT: _c.CATEGORY_DIGIT,
        _c.CATEGORY_NOT_SPACE: _c.CATEGORY_SPACE,
        _c.CATEGORY_NOT_WORD: _c.CATEGORY_WORD,
    }
    return not known[opposite[category]] if category in opposite else known[category]


def nested_repeat(tree: Tree) -> bool:
    """Whether an unbounded repetition holds another that can take over its characters, as in `(a+)+` or `(.*a)*`.

    Such an expression takes exponential time in engines that backtrack. `(a+/)*` does not: every round ends with a
    character that the inner repetition cannot take.
    """
    for operation, argument in tree:
        if operation in _REPEATS and argument[1] is _c.MAXREPEAT and _gives_way(list(argument[2])):
            return True
        if operation is _c.BRANCH and any(nested_repeat(list(branch)) for branch in argument[1]):
            return True
        inner = _inner(operation, argument)
        if inner is not None and nested_repeat(inner):
            return True
    return False


def _gives_way(body: Tree) -> bool:
    """Whether a repeated body has an unbounded repetition that no fixed part of the body separates from the next round."""
    if len(body) == 1 and body[0][0] is _c.SUBPATTERN:
        return _gives_way(list(body[0][1][3]))
    if len(body) == 1 and body[0][0] is _c.BRANCH:
        return any(_gives_way(list(branch)) for branch in body[0][1][1])
    for index, (operation, argument) in enumerate(body):
        if operation in _REPEATS and argument[1] is _c.MAXREPEAT:
            taken = _characters(list(argument[2]))
            others = [node for place, node in enumerate(body) if place != index]
            if not any(_is_fixed(node) and not taken & _characters([node]) for node in others):
                return True
    return False


def _is_fixed(node: tuple[Any, Any]) -> bool:
    """Whether a node must take at least one character."""
    operation, argument = node
    if operation in _REPEATS:
        return bool(argument[0] > 0) and any(_is_fixed(inner) for inner in argument[2])
    if operation is _c.SUBPATTERN:
        return any(_is_fixed(inner) for inner in argument[3])
    if operation is _c.BRANCH:
        return all(any(_is_fixed(inner) for inner in branch) for branch in argument[1])
    return operation is not _c.AT


def _characters(tree: Tree) -> frozenset[str]:
    """The characters of a sample alphabet that can stand anywhere in what a tree matches."""
    found: frozenset[str] = frozenset()
    for operation, argument in tree:
        inner = _inner(operation, argument)
        if operation is _c.BRANCH:
            found = found.union(*(_characters(list(branch)) for branch in argument[1]))
        elif inner is not None:
            found |= _characters(inner)
        else:
            found |= frozenset(c for c in _ALPHABET if _accepts(operation, argument, c))
    return found
