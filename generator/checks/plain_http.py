"""Requests leave this network unencrypted."""

from collections.abc import Iterator

from generator.addresses import is_private
from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from schemas.diagnostics import Finding, Severity
from schemas.fields import SECRET_REFERENCE
from schemas.providers import Provider


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.active.items():
        sent = _sent(entry)
        for index, url in enumerate(entry.endpoints):
            parts = endpoint(url)
            if not parts.tls and not is_private(parts.host):
                message = f"{sent} sent to `{parts.host}` without encryption"
                yield Finding(
                    message,
                    in_providers("providers", name, "endpoints", index),
                    f"write https://{url.removeprefix('http://')}",
                )


def _sent(entry: Provider) -> str:
    if entry.api_key is not None:
        return "the `api_key` and every prompt are"
    if header := next(
        (name for name, value in entry.headers.items() if SECRET_REFERENCE.fullmatch(value)), None
    ):
        return f"the header `{header}` and every prompt are"
    return "every prompt is"


CHECK = Check(
    code="plain-http",
    severity=Severity.WARNING,
    summary="An active provider is reached by `http://` at an address that is not private.",
    remedy=(
        "Everyone on the way can read prompts, answers and the provider's key. Use `https://`. Private are loopback, the networks of "
        "RFC 1918, RFC 4193 and RFC 6598, link-local addresses, names without a dot, and names under .local, .lan, .internal and "
        ".home.arpa. It stays a warning with a key, because a name cannot tell that its address is behind a VPN; `--strict` refuses it."
    ),
    find=_find,
)
