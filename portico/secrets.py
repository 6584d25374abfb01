"""Secrets: references become values here, and nowhere else."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from generator.topology import Provider, Secret
from portico.errors import CannotStart

REDACTED = "[redacted]"

SHORTEST_REDACTED = 6
"""Shorter values are ordinary words and numbers; masking them would blot out logs and protect nothing."""


class SecretValue:
    """A secret that cannot be printed by accident: text, repr and format show a mask."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself; call it only where a child process or a 0600 file gets it."""
        return self._value

    def __repr__(self) -> str:
        return REDACTED

    def __format__(self, specification: str) -> str:
        return REDACTED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretValue) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


class Redactor:
    """Masks known secrets in bytes that go to a log."""

    def __init__(self, values: Iterator[SecretValue]) -> None:
        known = {value.reveal().encode() for value in values}
        # Longest first: a secret may be the beginning of another.
        self._known = sorted(
            (value for value in known if len(value) >= SHORTEST_REDACTED), key=len, reverse=True
        )

    def __call__(self, line: bytes) -> bytes:
        """The line without any known secret."""
        for value in self._known:
            line = line.replace(value, REDACTED.encode())
        return line


def references(provider: Provider) -> Iterator[Secret]:
    """Every reference of a provider: its key and its headers."""
    if provider.api_key is not None:
        yield provider.api_key
    yield from (header.value for header in provider.headers if isinstance(header.value, Secret))


def resolve(reference: Secret, base: Path) -> SecretValue:
    """The value of a reference. `base` is the configuration directory, which file references are relative to.

    Raises `CannotStart` where it has none; the check before a start says so with a place in the configuration.
    """
    if reference.environment is not None:
        value = os.environ.get(reference.environment, "")
    else:
        try:
            value = (base / (reference.file or "")).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CannotStart(f"the secret {reference.name} cannot be read") from error
    if not value:
        raise CannotStart(f"the secret {reference.name} has no value")
    return SecretValue(value)


def resolve_all(providers: tuple[Provider, ...], base: Path) -> Mapping[Secret, SecretValue]:
    """The values of every reference of these providers. Raises as `resolve` does."""
    return {
        reference: resolve(reference, base) for provider in providers for reference in references(provider)
    }
