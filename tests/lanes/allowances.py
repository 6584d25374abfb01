"""Reads allowed_differences.toml: what may differ between the lanes, and what is not compared."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.lanes.observation import Difference

FILE = Path(__file__).parent / "allowed_differences.toml"


@dataclass(frozen=True)
class Allowance:
    """A difference that may be. `cases` are shell patterns of case names, `paths` of difference paths; see the file's head."""

    name: str
    kind: str
    cases: tuple[str, ...]
    paths: tuple[str, ...]
    why: str
    values: dict[str, Any]

    def uses(self, case: str, difference: Difference) -> Iterable[tuple[str, str]]:
        """The pairs of a case pattern and a path pattern that allow this difference."""
        told = {"direct": difference.direct, "litellm": difference.litellm}
        if difference.kind != self.kind or any(told[lane] != value for lane, value in self.values.items()):
            return []
        cases = [pattern for pattern in self.cases if fnmatchcase(case, pattern)]
        paths = [pattern for pattern in self.paths if matches(difference.path, pattern)]
        return [(one, other) for one in cases for other in paths]


@dataclass(frozen=True)
class Normalised:
    """A field that is made anew for every answer, so that its type is compared and not its value."""

    name: str
    paths: tuple[str, ...]
    why: str


def matches(path: str, pattern: str) -> bool:
    """Whether a path is meant. `*` stands for one name or many; brackets stand for themselves."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path) is not None


def read() -> tuple[list[Allowance], list[Normalised]]:
    """The allowances and the normalisations. Raises KeyError where an entry lacks a key."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    allowed = [
        Allowance(
            entry["name"],
            entry["kind"],
            tuple(entry.get("cases", ["*"])),
            tuple(entry["paths"]),
            entry["why"],
            {lane: entry[lane] for lane in ("direct", "litellm") if lane in entry},
        )
        for entry in told["allowed"]
    ]
    return allowed, [
        Normalised(entry["name"], tuple(entry["paths"]), entry["why"]) for entry in told["normalised"]
    ]


def normalise(value: Any, rules: Iterable[Normalised], used: set[str], path: str = "") -> Any:
    """A copy of an observation with the type in place of every normalised value; adds the paths that were used to `used`."""
    for rule in rules:
        for pattern in rule.paths:
            if matches(path, pattern) and value not in (None, ""):
                used.add(pattern)
                return f"<{type(value).__name__}>"
    if isinstance(value, dict):
        return {
            name: normalise(part, rules, used, f"{path}.{name}" if path else str(name))
            for name, part in value.items()
        }
    if isinstance(value, list):
        return [normalise(part, rules, used, f"{path}[]") for part in value]
    return value
