"""A provider lists the same address twice."""

from collections.abc import Iterator

from generator.addresses import place_of_server
from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        first: dict[tuple[str, int, str], int] = {}
        for index, url in enumerate(entry.endpoints):
            earlier = first.setdefault(place_of_server(endpoint(url)), index)
            if earlier != index:
                same = in_providers("providers", name, "endpoints", earlier)
                message = f"`{url}` is the address of `{entry.endpoints[earlier]}` once more"
                yield Finding(
                    message, in_providers("providers", name, "endpoints", index), "take one of them out", same
                )


CHECK = Check(
    code="duplicate-endpoint",
    severity=Severity.ERROR,
    summary="A provider lists the same address twice, possibly written in two ways.",
    remedy=(
        "Endpoints are copies that share the load; one server listed twice would get a double share, be probed twice, and be tried "
        "again on itself after a failure. Take one out. `localhost`, `127.0.0.1` and `::1` count as one address."
    ),
    find=_find,
)
