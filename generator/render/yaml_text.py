"""Data as block-style YAML in which every string is quoted, so that no reader takes `08080` or `1e3` for a number.

PyYAML's own writer takes ten times as long, which is felt at thousands of models.
"""

import json
import re
from json.encoder import encode_basestring
from typing import Any

_UNPRINTABLE = re.compile(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def yaml_text(data: dict[str, Any]) -> str:
    """A mapping of plain data (dict, list, str, int, float, bool, None) as YAML 1.1 and 1.2 read it alike."""
    return "".join(_mapping(data, ""))


def _mapping(data: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, value in data.items():
        lines += _entry(f"{indent}{_scalar(key)}:", value, indent)
    return lines


def _entry(lead: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        return [f"{lead}\n", *_mapping(value, indent + "  ")]
    if isinstance(value, list) and value:
        return [f"{lead}\n", *_sequence(value, indent + "  ")]
    return [f"{lead} {_scalar(value)}\n"]


def _sequence(data: list[Any], indent: str) -> list[str]:
    lines: list[str] = []
    for value in data:
        if isinstance(value, dict) and value:
            first, *rest = _mapping(value, indent + "  ")
            lines += [f"{indent}- {first.removeprefix(indent + '  ')}", *rest]
        else:
            lines += _entry(f"{indent}-", value, indent)
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        quoted = encode_basestring(value)
        return quoted if quoted.isascii() and quoted.isprintable() else _UNPRINTABLE.sub(_escape, quoted)
    if isinstance(value, float):
        text = f"{value:.12f}".rstrip("0")
        return text + "0" if text.endswith(".") else text
    return json.dumps(value)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
