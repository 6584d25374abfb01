"""`missing-secret`."""

import pytest

from generator.checks.subject import Facts
from tests.findings import diagnostics_of, findings

PROVIDERS = """
providers:
  a:
    engine: openai
    api_key: ${A}
    headers: {X-Foo: "${B}", X-Bar: "file:keys/bar", X-Plain: text}
  b: {engine: openai, api_key: "${A}"}
"""


def test_each_reference_at_its_place() -> None:
    """A reference in two places is told twice, and only those without value are told."""
    facts = Facts(missing_secrets=frozenset({"${A}", "file:keys/bar"}))
    assert findings("missing-secret", providers=PROVIDERS, facts=facts) == [
        "warning providers.yaml:6:14 `${A}` has no value",
        "warning providers.yaml:7:37 `file:keys/bar` cannot be read, or is empty",
        "warning providers.yaml:8:32 `${A}` has no value",
    ]


def test_about_to_run() -> None:
    """Where the configuration is to run now, it is an error."""
    facts = Facts(missing_secrets=frozenset({"${B}"}), about_to_run=True)
    found = findings("missing-secret", providers=PROVIDERS, facts=facts)
    assert found == ["error providers.yaml:7:22 `${B}` has no value"]


def test_all_there() -> None:
    """Nothing is said when every reference has a value."""
    assert not findings("missing-secret", providers=PROVIDERS)


@pytest.mark.parametrize("status", ["disabled", "template"])
def test_unused_providers_need_no_secret(status: str) -> None:
    """Templates come with references that nobody has set."""
    facts = Facts(missing_secrets=frozenset({"${A}"}), about_to_run=True)
    providers = f"providers: {{a: {{engine: openai, status: {status}, api_key: '${{A}}'}}}}"
    assert not findings("missing-secret", providers=providers, facts=facts)


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("${A}", "environment variable A"),
        ("file:/run/a", "readable by the user"),
        ("file:a", "starts at the folder of providers.yaml"),
        ("file:~/a", "`~` is not expanded"),
    ],
)
def test_hints(reference: str, hint: str) -> None:
    """What to do depends on the kind of reference."""
    facts = Facts(missing_secrets=frozenset({reference}))
    providers = f"providers: {{a: {{engine: openai, api_key: '{reference}'}}}}"
    (found,) = diagnostics_of("missing-secret", providers=providers, facts=facts)
    assert hint in (found.hint or "")
