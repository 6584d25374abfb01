"""A secret is written into a configuration file."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject
from generator.secrets import FoundSecret, secrets_in
from schemas.diagnostics import DocumentKind, Finding, Pointer, Severity

_HINT = "put it into an environment variable or a file, write `${NAME}` or `file:/path` in its place, and revoke it if it was ever shared"
_ELSEWHERE = "take it out, and revoke it if it was ever shared"


def _find(subject: Subject) -> Iterator[Finding]:
    for kind, document in subject.documents.items():
        for found in secrets_in(document.data):
            yield Finding(_message(found), Pointer(kind, found.keys, found.on_key), _hint(kind, found))


def _message(found: FoundSecret) -> str:
    if found.on_key:
        return f"a key looks like {found.kind}"
    names = [key for key in found.keys if isinstance(key, str)]
    return (
        f"the value of `{names[-1]}` looks like {found.kind}" if names else f"a value looks like {found.kind}"
    )


def _hint(kind: DocumentKind, found: FoundSecret) -> str:
    takes_reference = kind is DocumentKind.PROVIDERS and not found.on_key and "headers" in found.keys[:-1]
    return _HINT if takes_reference else _ELSEWHERE


CHECK = Check(
    code="secret-inline",
    severity=Severity.ERROR,
    summary="A key or value in one of the files looks like a credential: a known form of token, a password, or a long random text.",
    remedy=(
        "Configuration is shared, kept in git and copied into releases; a secret in it is a secret no more. Keep it in an environment "
        "variable or in a file with mode 0600 and refer to it as `${NAME}` or `file:/path`. Diagnostics never show the value."
    ),
    find=_find,
)
