"""`cost-out-of-sense`."""

import pytest

from tests.findings import findings


def _cost(cost: str, capabilities: str = "[chat]") -> list[str]:
    providers = f"providers:\n  a:\n    engine: openai\n    models: {{m: {{cost: {{{cost}}}, capabilities: {capabilities}}}}}"
    return [line.split(" ", 2)[2] for line in findings("cost-out-of-sense", providers=providers)]


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ("input: 1001", "1001 dollars per million tokens is more than any model costs"),
        ("input: 0.0000025", "2.5e-06 dollars per million tokens is less than any model costs"),
        ("input: 1, output: 5000", "5000 dollars per million tokens is more than any model costs"),
    ],
)
def test_out_of_sense(cost: str, said: str) -> None:
    """A price per token or per thousand is noticed."""
    assert _cost(cost) == [said]


@pytest.mark.parametrize(
    "cost", ["input: 0", "input: 1000, output: 1000", "input: 0.02", "input: 0, output: 0"]
)
def test_sensible(cost: str) -> None:
    """Free is a price."""
    assert not _cost(cost)


def test_output_of_a_model_that_writes_none() -> None:
    """Embeddings and rankings are not tokens."""
    assert _cost("input: 0.02, output: 0.02", "[embedding, rerank]") == [
        "`m` writes no tokens that could cost anything"
    ]
    assert not _cost("input: 0.02", "[embedding]")
