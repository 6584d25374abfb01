"""What request.lua and attempt.lua are to do with a body, said a second time with Python's own JSON scanner."""

import json
from collections.abc import Iterator
from typing import Any

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


def members(text: str) -> Iterator[tuple[str, Any, int, int]]:
    """The members of a valid JSON object in order: key, value, and where the value starts and ends."""
    at = _skip(text, _skip(text, 0) + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        value, at = _DECODER.raw_decode(text, start)
        yield key, value, start, at
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)


def renamed(body: bytes, name: str) -> bytes:
    """The body with `name` for every other model name at its top; all other bytes as they were."""
    text, parts, done = body.decode(), [], 0
    for key, value, start, end in members(text):
        if key == "model" and isinstance(value, str) and value != name:
            parts += [text[done:start], json.dumps(name, ensure_ascii=False)]
            done = end
    return "".join([*parts, text[done:]]).encode()


def _skip(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at
