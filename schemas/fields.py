"""Field types shared by the four documents. Every one of them is checked by its text, before anything is resolved."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from schemas.patterns import up_to

SECRET_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:\S.*")
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h)")
_SIZE = re.compile(r"([0-9]+)(kB|MB|GB)")
_UNIT_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}
_UNIT_BYTES = {"kB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}
MAX_DURATION_MS = 7 * 24 * 3_600_000
SECRET_PATTERN = r"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|file:\S.*)$"
_DURATION_PATTERN = (
    "^0*(?:" + "|".join(up_to(MAX_DURATION_MS // ms) + unit for unit, ms in _UNIT_MS.items()) + ")$"
)


class Strict(BaseModel):
    """Base of every schema: unknown keys, coerced types and later mutation are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, use_attribute_docstrings=True)


def milliseconds(duration: str) -> int:
    """The length of a duration such as `500ms`, `30s`, `10m` or `1h`, in milliseconds."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(f"not a duration: {duration!r}")
    return int(match[1]) * _UNIT_MS[match[2]]


def size_in_bytes(size: str) -> int:
    """The number of bytes of a size such as `20MB` (decimal units)."""
    match = _SIZE.fullmatch(size)
    if match is None:
        raise ValueError(f"not a size: {size!r}")
    return int(match[1]) * _UNIT_BYTES[match[2]]


def _duration(text: str) -> str:
    if _DURATION.fullmatch(text) is None:
        raise PydanticCustomError(
            "duration", "is not a duration; write a whole number and a unit, as 500ms, 30s, 10m or 1h"
        )
    if not 1 <= milliseconds(text) <= MAX_DURATION_MS:
        raise PydanticCustomError("duration", "is not between 1ms and 168h")
    return text


def _size(text: str) -> str:
    if _SIZE.fullmatch(text) is None or size_in_bytes(text) < 1_000:
        raise PydanticCustomError(
            "size", "is not a size of at least 1kB; write a whole number and a unit, as 20MB"
        )
    return text


def _whole_number(value: object) -> object:
    if type(value) is not int:
        raise PydanticKnownError("literal_error", {"expected": "1"})
    return value


def _secret_reference(text: str) -> str:
    if SECRET_REFERENCE.fullmatch(text) is None:
        raise PydanticCustomError(
            "secret-inline",
            "must be a reference, `${NAME}` or `file:/path`; a secret is never written into a config file",
        )
    return text


Version = Annotated[Literal[1], BeforeValidator(_whole_number)]
"""The number 1; to Python `true` and `1.0` equal it."""

Duration = Annotated[
    str,
    AfterValidator(_duration),
    Field(
        json_schema_extra={
            "pattern": _DURATION_PATTERN,
            "patternErrorMessage": "A whole number and a unit, from 1ms to 168h: 500ms, 30s, 10m or 1h.",
            "examples": ["500ms", "30s", "10m", "1h"],
        }
    ),
]
"""A whole number and a unit: ms, s, m or h."""

ByteSize = Annotated[
    str,
    AfterValidator(_size),
    Field(
        json_schema_extra={
            "pattern": "^0*[1-9][0-9]*(kB|MB|GB)$",
            "patternErrorMessage": "A whole number and a unit, at least 1kB: 500kB, 20MB or 1GB.",
            "examples": ["20MB"],
        }
    ),
]
"""A whole number and a decimal unit: kB, MB or GB."""

SecretReference = Annotated[
    str,
    AfterValidator(_secret_reference),
    Field(
        json_schema_extra={
            "pattern": SECRET_PATTERN,
            "patternErrorMessage": "A reference: ${NAME} for an environment variable, or file:/path. Never the secret itself.",
            "examples": ["${OPENAI_API_KEY}", "file:/run/secrets/openai"],
        }
    ),
]
"""Where a secret is to be read from: an environment variable or a file."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$", examples=["gpu-1"])]
"""A name that is safe as a file name and a cluster name: lower case letters, digits, `.`, `_`, `-`."""

Port = Annotated[int, Field(ge=1, le=65535)]

Tag = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$",
        description="A free label: letters, digits, `.`, `_`, `:`, `-`.",
        examples=["code", "team:research"],
    ),
]
"""A free label for people and tools: letters, digits, `.`, `_`, `:`, `-`."""

Text = Annotated[str, Field(min_length=1, max_length=1000)]
