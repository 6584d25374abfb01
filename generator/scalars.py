"""Plain scalars of YAML: which are refused because readers disagree about them, and what the others are under YAML 1.2."""

import math
import re
from typing import Any

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
DISGUISED = frozenset(
    word for base in ("yes", "no", "on", "off") for word in (base, base.title(), base.upper())
)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MAX_DIGITS = 400
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
AMBIGUOUS_NUMBER = re.compile(r"[-+]?0[0-9]+")
"""`010` is 8 to YAML 1.1 and 10 to YAML 1.2."""


def core_value(text: str) -> Any:
    """A plain scalar under YAML 1.2's core schema."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if text[0] in "+-.0123456789":
        if _INTEGER.fullmatch(text) and len(text) <= _MAX_DIGITS:
            return int(text)
        if _OTHER_BASE.fullmatch(text) and len(text) <= _MAX_DIGITS:
            return int(text, 0)
        if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
            return number
    return text
