"""`unknown-provider`."""

from generator.checks.unknown_provider import CHECK
from tests.subjects import find, places, provider, to


def test_every_place_that_names_a_provider_is_looked_at() -> None:
    """Targets, patterns and the embedded engine, whose provider has a default name."""
    patterns = [{"match": "x", "provider": "p"}, {"match": "y", "provider": "nobody"}]
    found = find(CHECK, None, {"a": to("p/m", "q/m")}, patterns=patterns, gateway={"embedded": {}})
    assert places(found) == [
        ("models", "a", "targets", 1, "provider"),
        ("patterns", 1, "provider"),
        ("embedded", "provider"),
    ]


def test_what_else_has_the_name_is_told() -> None:
    """A public model, an alias, an engine's model, an engine, or a typo."""
    providers = {"gpu-1": provider("qwen", engine="vllm")}
    models = {"fast": to("gpu-1/qwen"), "b": to("fast/x", "quick/x", "qwen/x", "vllm/x", "gpu1/x", "zzz/x")}
    hints = [finding.hint or "" for finding in find(CHECK, providers, models, aliases={"quick": "fast"})]
    assert "is a public model" in hints[0]
    assert "is an alias" in hints[1]
    assert "is a model of `gpu-1`" in hints[2]
    assert "is the engine of `gpu-1`" in hints[3]
    assert hints[4] == "did you mean `gpu-1`?"
    assert "add it to providers.yaml" in hints[5]


def test_known_providers_of_any_status_are_not_told() -> None:
    """That they may not be used is another code."""
    assert not find(CHECK, {"p": provider("m", status="disabled")}, {"a": to("p/m")})
