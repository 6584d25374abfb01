"""`cloud-without-api-key`."""

import pytest

from tests.findings import diagnostics_of


def test_no_key() -> None:
    """The hint names a likely variable."""
    (found,) = diagnostics_of("cloud-without-api-key", providers="providers: {a: {engine: together_ai}}")
    assert (found.severity, found.message, found.hint) == (
        "warning",
        "`a` has no `api_key`",
        "add `api_key: ${TOGETHER_AI_API_KEY}`",
    )


@pytest.mark.parametrize(
    "entry",
    [
        "engine: openai, api_key: '${K}'",
        "engine: anthropic, headers: {X-Api-Key: '${K}'}",
        "engine: openai, headers: {authorization: 'file:/k'}",
        "engine: bedrock",
        "engine: vertex_ai",
        "engine: github_copilot",
        "engine: openai, status: template",
        "engine: openai, status: disabled",
        "engine: vllm, endpoints: ['https://gpu.example']",
    ],
)
def test_needs_none(entry: str) -> None:
    """A key in a header, credentials of the machine, and what is not used."""
    assert not diagnostics_of("cloud-without-api-key", providers=f"providers: {{a: {{{entry}}}}}")
