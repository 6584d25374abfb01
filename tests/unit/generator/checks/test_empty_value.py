"""`empty-value`."""

from tests.findings import findings


def test_keys_without_value() -> None:
    """Nothing, `null` and `~` are the same, at every depth and in every file."""
    assert findings(
        "empty-value",
        providers="""
        providers:
          a:
            engine: openai
            api_key:
            models:
              m: {size: null, capabilities: [chat]}
        """,
        mappings="models: {p: {targets: [{provider: a, model: m}], description: ~}}",
        gateway="embedded:\n  # model_file: /models/mine.gguf\nlog: {level: info}",
    ) == [
        "warning providers.yaml:6:5 `api_key` has no value",
        "warning providers.yaml:8:11 `size` has no value",
        "warning model-mappings.yaml:2:50 `description` has no value",
        "warning gateway.yaml:2:1 `embedded` has no value",
    ]


def test_values() -> None:
    """Empty lists, mappings and the word in quotes are values."""
    assert not findings(
        "empty-value",
        providers="providers: {a: {engine: openai, tags: [], headers: {}, description: 'null', models: {m: {}}}}",
        mappings="models: {}\naliases: {}",
    )
