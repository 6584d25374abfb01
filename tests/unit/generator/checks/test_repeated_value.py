"""`repeated-value`."""

from tests.findings import findings


def test_tags_and_capabilities() -> None:
    """Every list of words is looked at, with the place of the second."""
    found = findings(
        "repeated-value",
        providers="""
        providers:
          a:
            engine: openai
            tags: [x, y, x]
            models:
              m: {capabilities: [chat, tools, chat], tags: [q, q]}
        """,
        mappings="models: {p: {targets: [{provider: a, model: m}], tags: [z, z]}}",
    )
    assert found == [
        "warning providers.yaml:6:18 `x` is listed twice",
        "warning providers.yaml:8:39 `chat` is listed twice",
        "warning providers.yaml:8:56 `q` is listed twice",
        "warning model-mappings.yaml:2:60 `z` is listed twice",
    ]


def test_distinct_values() -> None:
    """Case and order are the user's own."""
    assert not findings(
        "repeated-value",
        providers="providers: {a: {engine: openai, tags: [x, X, y], models: {m: {capabilities: [chat]}}}}",
    )
