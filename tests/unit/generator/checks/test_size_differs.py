"""`size-differs`."""

import pytest

from tests.findings import findings


@pytest.mark.parametrize(
    ("model", "size", "differs"),
    [
        ("qwen2.5-coder:7b", "70B", 1),
        ("qwen2.5-coder:7b", "7.6B", 0),
        ("Qwen/Qwen2.5-Coder-7B-Instruct-AWQ", "7B", 0),
        ("llama3.1:8b", "8T", 1),
        ("smollm:135m", "135M", 0),
        ("smollm:135m", "1.7B", 1),
        ("mixtral:8x7b", "47B", 0),
        ("gpt-4o", "8B", 0),
        ("phi-3-mini-128k", "3.8B", 0),
        ("tinyllama:1.1b", "0B", 1),
    ],
)
def test_names_that_tell_a_size(model: str, size: str, differs: int) -> None:
    """Only a size that stands alone in the name counts, and roundings are left alone."""
    providers = f"providers: {{a: {{engine: openai, models: {{'{model}': {{size: {size}}}}}}}}}"
    assert len(findings("size-differs", providers=providers)) == differs


def test_the_message_names_both() -> None:
    """It is a note, at the size."""
    found = findings(
        "size-differs", providers="providers: {a: {engine: openai, models: {'x:7b': {size: 70B}}}}"
    )
    assert found == ["info providers.yaml:2:57 the size is 70B, but `x:7b` says 7b"]


def test_without_size() -> None:
    """A name alone is nothing to compare."""
    assert not findings("size-differs", providers="providers: {a: {engine: openai, models: {'x:7b': {}}}}")
