"""What a check looks at: the configuration, the facts of the surroundings, and look-ups that several checks need."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from generator.document import Document
from schemas.config import Config
from schemas.diagnostics import DocumentKind, Finding, Pointer, Severity
from schemas.mappings import Target
from schemas.providers import Provider, Status


@dataclass(frozen=True, slots=True)
class Facts:
    """What the surroundings say; empty where nobody asked."""

    missing_secrets: frozenset[str] = frozenset()
    """References, as written in the configuration, that have no value here."""
    about_to_run: bool = False
    """Whether the configuration is to be run now, so that a missing secret is an error."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: a kebab-case code, its usual severity, and the function that finds where it is broken."""

    code: str
    severity: Severity
    summary: str
    """One sentence for the reference: what is wrong."""
    remedy: str
    """One or two sentences for the reference: why it matters and what to do."""
    find: Callable[["Subject"], Iterable[Finding]]


@dataclass(frozen=True)
class Subject:
    """A configuration under check."""

    config: Config
    facts: Facts = field(default_factory=Facts)
    documents: Mapping[DocumentKind, Document] = field(default_factory=dict)
    """What the configuration was read from; optional documents may be absent."""

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Every provider, whatever its status."""
        return self.config.providers.providers

    @cached_property
    def active(self) -> dict[str, Provider]:
        """The providers that may be used."""
        return {name: entry for name, entry in self.providers.items() if entry.status is Status.ACTIVE}

    @cached_property
    def public_names(self) -> frozenset[str]:
        """Every model and alias."""
        return frozenset(self.config.mappings.models) | frozenset(self.config.mappings.aliases)

    def targets(self) -> Iterator[tuple[str, int, Target]]:
        """Every target with its public model and its index."""
        for name, entry in self.config.mappings.models.items():
            for index, target in enumerate(entry.targets):
                yield name, index, target


def in_providers(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of providers.yaml."""
    return Pointer(DocumentKind.PROVIDERS, keys, on_key)


def in_mappings(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of model-mappings.yaml."""
    return Pointer(DocumentKind.MAPPINGS, keys, on_key)


def in_gateway(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of gateway.yaml."""
    return Pointer(DocumentKind.GATEWAY, keys, on_key)


def in_ports(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of ports.yaml."""
    return Pointer(DocumentKind.PORTS, keys, on_key)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a typo most likely meant: same but for case and separators, the same model without or with a tag, or close."""
    candidates = sorted(set(known) - {name})
    folded = _folded(name)
    for candidate in candidates:
        if _folded(candidate) == folded:
            return candidate
    for candidate in candidates:
        base, other = _base(candidate), _base(name)
        if base == other and (":" not in name or ":" not in candidate):
            return candidate
    close = difflib.get_close_matches(folded, [_folded(candidate) for candidate in candidates], n=1, cutoff=0.7)
    return next((candidate for candidate in candidates if close and _folded(candidate) == close[0]), None)


def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint for an unknown name."""
    meant = nearest(name, known)
    return f"did you mean `{meant}`?" if meant is not None else otherwise


def _folded(name: str) -> str:
    return re.sub(r"[:/_. -]+", "-", name.casefold())


def _base(name: str) -> str:
    return _folded(name.partition(":")[0])
