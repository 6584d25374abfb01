"""Two active providers are the same server."""

from collections.abc import Iterator

from generator.addresses import place_of_server
from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES
from schemas.providers import Provider


def _find(subject: Subject) -> Iterator[Finding]:
    users: dict[tuple[object, ...], tuple[str, int]] = {}
    for name, entry in subject.active.items():
        for index, url in enumerate(entry.endpoints):
            other, position = users.setdefault(
                (place_of_server(endpoint(url)), *_account(entry)), (name, index)
            )
            if other != name:
                yield Finding(
                    f"`{name}` is at the address of `{other}`",
                    in_providers("providers", name, "endpoints", index),
                    f"list the models of both under `{other}`",
                    in_providers("providers", other, "endpoints", position),
                )


def _account(entry: Provider) -> tuple[str | None, str | None]:
    """What tells two customers of one address apart: the key, and for a cloud its dialect."""
    return entry.api_key, None if entry.engine in LOCAL_ENGINES else entry.engine


CHECK = Check(
    code="shared-address",
    severity=Severity.ERROR,
    summary="Two active providers are the same server: host, port, path prefix and key are equal.",
    remedy=(
        "One server under two names is probed twice, and each name's load and failures are counted apart, so that neither "
        "is true. List the models of both under one provider. Two keys at one address are two accounts, and allowed."
    ),
    find=_find,
)
