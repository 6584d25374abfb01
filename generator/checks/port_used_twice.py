"""A port has two users, or is listed twice."""

from collections.abc import Iterator

from generator.addresses import overlap
from generator.checks.ports import gateway_uses, services, transport
from generator.checks.subject import Check, Subject, in_ports
from schemas.diagnostics import Finding, Severity


def _find(subject: Subject) -> Iterator[Finding]:
    listener, control = gateway_uses(subject)
    if listener.port == control.port and overlap(listener.host, control.host):
        message = f"the control API's port {control.port} is the listener's too, on {listener.host}"
        written = [use.at for use in (control, listener) if use.given]
        yield Finding(
            message, written[0], "choose another port for one of them", written[1] if written[1:] else None
        )
    owners: dict[tuple[str, int], str] = {}
    for name, service in services(subject).items():
        owner = owners.setdefault((transport(service), service.port), name)
        if owner != name:
            at, first = in_ports("services", name, "port"), in_ports("services", owner, "port")
            yield Finding(
                f"port {service.port} is registered for `{name}` and for `{owner}`",
                at,
                "only one can have it",
                first,
            )
    reserved: dict[int, int] = {}
    for index, entry in enumerate(subject.config.ports.reserved if subject.config.ports else ()):
        earlier = reserved.setdefault(entry.port, index)
        if earlier != index:
            at, first = in_ports("reserved", index, "port"), in_ports("reserved", earlier, "port")
            yield Finding(f"port {entry.port} is reserved twice", at, "take one of the entries out", first)


CHECK = Check(
    code="port-used-twice",
    severity=Severity.ERROR,
    summary="Two services, or the listener and the control API, have the same port; or a port is reserved twice.",
    remedy=(
        "Only one program can listen on a port of an address. `0.0.0.0` includes `127.0.0.1`, and `::` both; TCP and UDP are apart. "
        "Give one of them another port."
    ),
    find=_find,
)
