"""`idle-key`."""

import pytest

from tests.findings import findings


def _health(entry: str) -> list[str]:
    return [
        line.split(" ", 2)[2] for line in findings("idle-key", providers=f"providers: {{a: {{{entry}}}}}")
    ]


def test_health_without_an_endpoint() -> None:
    """A cloud provider without address is not probed."""
    assert _health("engine: openai, health: {interval: 5s}") == [
        "`health` does nothing: `a` has no endpoint that could be probed"
    ]
    assert _health("engine: openai, health: {path: /health}") == [
        "`health` does nothing: `a` has no endpoint that could be probed"
    ]


def test_health_without_a_path() -> None:
    """LiteLLM's providers have no health path that is known."""
    entry = "engine: openai, endpoints: ['https://x.example'], health: "
    assert _health(entry + "{interval: 5s}") == ["`health` does nothing: there is no path to probe `a` at"]
    assert not _health(entry + "{path: /health, interval: 5s}")


@pytest.mark.parametrize(
    "entry", ["engine: openai", "engine: vllm, endpoints: ['http://gpu:1'], health: {interval: 5s}"]
)
def test_health_that_acts(entry: str) -> None:
    """The default says nothing, and engines have paths."""
    assert not _health(entry)


def test_templates_too() -> None:
    """A template is there to be copied."""
    assert len(_health("engine: openai, status: template, health: {}")) == 1


def test_settings_of_an_embedded_engine_that_never_starts() -> None:
    """They may wait for another day, so it is a warning."""
    found = findings(
        "idle-key", gateway="embedded:\n  start: never\n  model_file: /m.gguf\n  context_length: 4096"
    )
    assert found == [
        "warning gateway.yaml:4:3 `model_file` does nothing while the embedded engine never starts",
        "warning gateway.yaml:5:3 `context_length` does nothing while the embedded engine never starts",
    ]
    assert not findings("idle-key", gateway="embedded: {start: never}")


def test_settings_of_an_embedded_engine_that_starts() -> None:
    """There they act."""
    assert not findings(
        "idle-key", gateway="embedded: {start: auto, model_file: /m.gguf, context_length: 4096}"
    )
