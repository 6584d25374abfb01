"""The provider of the embedded engine is not one that it can serve."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from generator.checks.subject import Check, Subject, in_gateway, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.providers import Provider


def _find(subject: Subject) -> Iterator[Finding]:
    embedded = subject.config.gateway.embedded
    entry = subject.active.get(embedded.provider) if embedded is not None else None
    if embedded is None or entry is None:
        return
    name, here = embedded.provider, in_gateway("embedded", "provider")
    if entry.engine != "llamacpp":
        hint = "the embedded engine is llama.cpp; set `engine: llamacpp`, or name another provider"
        at = in_providers("providers", name, "engine")
        yield Finding(
            f"`{name}`, which the embedded engine serves, has the engine `{entry.engine}`", at, hint, here
        )
    if not entry.models:
        at = in_providers("providers", name, on_key=True)
        hint = "add one under `models`; it answers to the first name there"
        yield Finding(f"`{name}`, which the embedded engine serves, lists no model", at, hint, here)
    yield from _of_endpoint(name, entry)


def _of_endpoint(name: str, entry: Provider) -> Iterator[Finding]:
    if not entry.endpoints:
        at = in_providers("providers", name, on_key=True)
        hint = "add one on this machine, as `endpoints: [http://127.0.0.1:8089]`"
        # A provider of a local engine without endpoints is told about by `missing-endpoint` already.
        if entry.engine != "llamacpp":
            yield Finding(f"`{name}`, which the embedded engine serves, has no endpoint", at, hint)
        return
    at = in_providers("providers", name, "endpoints", 0)
    parts = urlsplit(entry.endpoints[0])
    hint = "the embedded engine listens on this machine only, without TLS and prefix; write it as http://127.0.0.1:8089"
    if parts.scheme != "http":
        yield Finding("the embedded engine does not speak TLS", at, hint)
    if not _is_loopback(parts.hostname or ""):
        yield Finding(f"the embedded engine cannot listen on `{parts.hostname}`", at, hint)
    if parts.path.strip("/"):
        yield Finding(f"the embedded engine has no prefix `{parts.path}`", at, hint)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


CHECK = Check(
    code="embedded-provider",
    severity=Severity.ERROR,
    summary="The provider that the embedded engine serves is not a llamacpp provider with a model and a plain HTTP endpoint "
    "on this machine.",
    remedy="The embedded engine is a llama.cpp server that listens on its provider's first endpoint. "
    "Give it a provider of its own.",
    find=_find,
)
