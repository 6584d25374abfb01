"""`context-out-of-sense`."""

import pytest

from tests.findings import findings


def _model(spec: str) -> list[str]:
    return findings(
        "context-out-of-sense", providers=f"providers: {{a: {{engine: openai, models: {{m: {{{spec}}}}}}}}}"
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("context_length: 127", "warning providers.yaml:2:62 a context of 127 tokens is very short"),
        (
            "context_length: 20000001",
            "warning providers.yaml:2:62 a context of 20000001 tokens is longer than any model has",
        ),
        (
            "context_length: 8192, max_output: 8193",
            "error providers.yaml:2:80 the longest answer, 8193 tokens, does not fit into the context of 8192",
        ),
    ],
)
def test_out_of_sense(spec: str, said: str) -> None:
    """Each number is told at its own place."""
    assert _model(spec) == [said]


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "context_length: 128",
        "context_length: 20000000",
        "max_output: 9",
        "context_length: 512, max_output: 512",
    ],
)
def test_sensible(spec: str) -> None:
    """The bounds themselves are fine, and so is what is not given."""
    assert not _model(spec)


@pytest.mark.parametrize(("start", "count"), [("auto", 1), ("always", 1), ("never", 0)])
def test_the_embedded_engine_starts_with_less(start: str, count: int) -> None:
    """What a model promises has to be what the engine is started with."""
    providers = "providers: {e: {engine: llamacpp, endpoints: ['http://localhost:1'], models: {m: {context_length: 2048}}}}"
    gateway = f"embedded: {{start: {start}, provider: e, context_length: 1024}}"
    assert len(findings("context-out-of-sense", providers=providers, gateway=gateway)) == count
    assert not findings("context-out-of-sense", providers=providers, gateway=gateway.replace("1024", "2048"))
