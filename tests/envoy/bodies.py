"""JSON request bodies as clients might write them: duplicate keys, escapes, nesting, big integers, any white space.

Each comes from a `random.Random`, because tens of thousands of them are needed in seconds; a failure names its seed.
"""

import json
from random import Random

_SPACES = ["", "", "", " ", "\n", "\r\n", "\t", "  "]
_KEYS = ["model", "model", "stream", "messages", "Model", "mode", "models", 'mo"del', "user", "\\", "é", ""]
_TEXTS = [
    "model",
    "stream",
    '"model":"x"',
    '{"model": "x"}',
    "\\",
    '\\"',
    "😀",
    "é\n",
    "true",
    "}",
    "{",
    "]",
    "",
    "a/b:c",
    "\x7f",
]
_SCALARS = [
    "0",
    "-1",
    "12345678901234567890",
    "1.0",
    "1e400",
    "-0.0",
    "1E+2",
    "true",
    "true",
    "false",
    "null",
    '"\\ud800"',
]


def written(random: Random, text: str) -> str:
    """A text as a JSON string, some of its characters escaped without need."""
    style = random.randrange(6)
    if style == 0:
        return '"' + _escaped(text, "04x") + '"'
    if style == 1:
        return json.dumps(text)
    plain = json.dumps(text, ensure_ascii=False)
    if style == 2 and text:
        cut = random.randrange(len(text))
        before, after = (json.dumps(part, ensure_ascii=False)[1:-1] for part in (text[:cut], text[cut + 1 :]))
        return f'"{before}{_escaped(text[cut], "04X")}{after}"'
    return plain.replace("/", "\\/") if style == 3 else plain


def json_object(random: Random) -> bytes:
    """Any JSON object, most of them with a few members `model` and `stream`."""
    return _framed(random, _members(random, 4))


def request(random: Random, name: str) -> bytes:
    """A JSON object whose last member `model` is `name`, perhaps after others."""
    after = [(key, value) for key, value in _members(random, 3) if json.loads(key) != "model"]
    return _framed(random, [*_members(random, 3), (written(random, "model"), written(random, name)), *after])


def _escaped(text: str, form: str) -> str:
    data = text.encode("utf-16-be")
    return "".join(f"\\u{int.from_bytes(data[at : at + 2]):{form}}" for at in range(0, len(data), 2))


def _members(random: Random, most: int, depth: int = 0) -> list[tuple[str, str]]:
    count = random.randint(0, most)
    return [(written(random, random.choice(_KEYS)), _value(random, depth + 1)) for _ in range(count)]


def _value(random: Random, depth: int) -> str:
    kind = random.randrange(6)
    if kind == 0 and depth < 4:
        return _object(random, _members(random, 3, depth))
    if kind == 1 and depth < 4:
        items = [_value(random, depth + 1) for _ in range(random.randint(0, 3))]
        return "[" + ",".join(_spaced(random, item) for item in items) + "]"
    if kind in (2, 3):
        return random.choice(_SCALARS)
    text = (
        random.choice(_TEXTS)
        if random.random() < 0.7
        else "".join(chr(random.randrange(1, 0xD7FF)) for _ in range(3))
    )
    return written(random, text)


def _object(random: Random, members: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{_spaced(random, key)}:{_spaced(random, value)}" for key, value in members) + "}"


def _spaced(random: Random, text: str) -> str:
    return random.choice(_SPACES) + text + random.choice(_SPACES)


def _framed(random: Random, members: list[tuple[str, str]]) -> bytes:
    return _spaced(random, _object(random, members)).encode()
