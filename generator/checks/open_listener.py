"""The gateway can be reached from other machines, and asks nobody for a key."""

from collections.abc import Iterator

from generator.addresses import is_loopback, is_unspecified
from generator.checks.subject import Check, Subject, in_gateway
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    listen = subject.config.gateway.listen
    if not is_loopback(listen.address):
        where = "every interface" if is_unspecified(listen.address) else listen.address
        message = f"the gateway listens on {where}, and asks clients for no key"
        yield Finding(
            message,
            in_gateway("listen", "address"),
            "listen on 127.0.0.1, or let only trusted machines reach the port",
        )


CHECK = Check(
    code="open-listener",
    severity=Severity.WARNING,
    summary="The gateway listens on an address that other machines can reach.",
    remedy=(
        "Whoever reaches the port can use every model, and spend money at every cloud provider. Listen on 127.0.0.1, put a proxy that "
        "asks for credentials in front, or close the port to all but trusted machines."
    ),
    find=_find,
)
