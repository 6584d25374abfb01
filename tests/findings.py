"""What one check says about a configuration given as text."""

import textwrap

from generator.check import check
from generator.checks import ALL_CHECKS
from generator.checks.subject import Facts, Subject
from generator.document import parse
from generator.report import locate
from generator.source import Source
from generator.validate import validate
from schemas.diagnostics import Diagnostic, DocumentKind


def diagnostics_of(
    code: str,
    *,
    providers: str = "providers: {}",
    mappings: str = "models: {}",
    gateway: str | None = None,
    ports: str | None = None,
    facts: Facts | None = None,
) -> list[Diagnostic]:
    """The diagnostics of the check with this code. Texts are files without their first line, `version: 1`."""
    texts = {
        DocumentKind.PROVIDERS: providers,
        DocumentKind.MAPPINGS: mappings,
        DocumentKind.GATEWAY: gateway,
        DocumentKind.PORTS: ports,
    }
    documents = {
        kind: parse(Source(kind, kind.value, ("version: 1\n" + textwrap.dedent(text)).encode()))
        for kind, text in texts.items()
        if text is not None
    }
    config = validate(documents)
    # Every other check has to cope with the same configuration.
    check(config, documents, facts or Facts())
    (rule,) = [rule for rule in ALL_CHECKS if rule.code == code]
    found = rule.find(Subject(config, facts or Facts(), documents))
    return [locate(finding, rule.code, rule.severity, documents) for finding in found]


def findings(
    code: str,
    *,
    providers: str = "providers: {}",
    mappings: str = "models: {}",
    gateway: str | None = None,
    ports: str | None = None,
    facts: Facts | None = None,
) -> list[str]:
    """The same in one line each: `error providers.yaml:3:5 the message`."""
    found = diagnostics_of(
        code, providers=providers, mappings=mappings, gateway=gateway, ports=ports, facts=facts
    )
    return [f"{d.severity} {_where(d)} {d.message}" for d in found]


def _where(diagnostic: Diagnostic) -> str:
    place = diagnostic.place
    return f"{place.path}:{place.line}:{place.column}" if place is not None else "-"
