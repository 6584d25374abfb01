"""Which known name a typo meant."""

import time

import pytest

from generator.checks.names import Names

KNOWN = ["llama3.1:8b", "llama3.1:70b", "qwen2.5-coder:7b", "Qwen/Qwen2.5-7B", "mistral", "fast", "big"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Fast", "fast"),
        ("fats", "fast"),
        ("bgi", None),
        ("mistral:latest", "mistral"),
        ("MISTRAL:7b", "mistral"),
        ("llama3.1", "llama3.1:70b"),
        ("llama3.1-8b", "llama3.1:8b"),
        ("llama3.1:8B", "llama3.1:8b"),
        ("qwen/qwen2.5:7b", "Qwen/Qwen2.5-7B"),
        ("qwen2.5-codr:7b", "qwen2.5-coder:7b"),
        ("gpt-4o", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_found(name: str, meant: str | None) -> None:
    """Case and separators first, then tags, then likeness; nothing where nothing is like it."""
    assert Names(KNOWN).nearest(name) == meant


def test_a_name_is_not_its_own_suggestion() -> None:
    """The next best is looked for."""
    assert Names(["fast", "Fast"]).nearest("fast") == "Fast"
    assert Names(["fast"]).nearest("fast") is None


def test_suggestions_do_not_depend_on_the_order_of_names() -> None:
    """Two equally near names are always told the same way."""
    orders = ["model-a", "model-b"], ["model-b", "model-a"]
    assert len({Names(order).nearest("model-c") for order in orders}) == 1


def test_the_search_among_many_names_is_bounded() -> None:
    """Likeness is looked for a few times only; spelling is corrected always."""
    names = Names(f"org/model-{index}:8b" for index in range(10_000))
    start = time.process_time()
    found = [names.nearest(f"org/modell-{index}:8b") for index in range(10_000)]
    assert time.process_time() - start < 5
    assert found[7] == "org/model-7:8b"
    assert found[-1] is None
    assert names.nearest("ORG/model-9999:8B") == "org/model-9999:8b"
