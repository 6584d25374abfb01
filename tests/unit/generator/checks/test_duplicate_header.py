"""`duplicate-header`."""

from tests.findings import findings


def _found(entry: str) -> list[str]:
    return [
        line.split(" ", 2)[2]
        for line in findings("duplicate-header", providers=f"providers: {{a: {{{entry}}}}}")
    ]


def test_case_makes_no_difference() -> None:
    """HTTP compares names of headers without case (RFC 9110, section 5.1)."""
    assert _found("engine: openai, headers: {X-Team: a, x-team: b, X-TEAM: c}") == [
        "`x-team` is the header `X-Team` once more",
        "`X-TEAM` is the header `X-Team` once more",
    ]


def test_authorization_beside_a_key() -> None:
    """A key is sent as that header to engines that speak OpenAI's API."""
    entry = "endpoints: ['https://gpu'], api_key: '${A}', headers: {authorization: '${B}'}"
    assert _found(f"engine: vllm, {entry}") == ["`authorization` is what `api_key` is sent as"]
    assert not _found(f"engine: anthropic, {entry}")


def test_different_headers() -> None:
    """One each is fine, with and without a key."""
    assert not _found(
        "engine: vllm, endpoints: ['https://gpu'], headers: {Authorization: '${B}', X-Team: a, X-Teams: b}"
    )
    assert not _found("engine: vllm, endpoints: ['https://gpu'], api_key: '${A}', headers: {X-Team: a}")
