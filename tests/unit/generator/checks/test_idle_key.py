"""`idle-key`."""

import pytest

from tests.findings import findings


def _cloud(entry: str) -> list[str]:
    return [
        line.split(" ", 2)[2] for line in findings("idle-key", providers=f"providers: {{a: {{{entry}}}}}")
    ]


@pytest.mark.parametrize("more", ["", ", endpoints: ['https://x.example']"])
@pytest.mark.parametrize("health", ["{}", "{interval: 5s}", "{path: /health}"])
def test_health_of_a_cloud_provider(more: str, health: str) -> None:
    """Nothing probes what LiteLLM connects to, with or without an endpoint of its own."""
    assert _cloud(f"engine: openai, health: {health}{more}") == [
        "`health` does nothing: a provider with the engine openai is not probed"
    ]


def test_connecting_to_a_cloud_provider() -> None:
    """LiteLLM opens those connections; the other limits are the request's."""
    found = _cloud("engine: openai, timeouts: {connect: 1s, first_token: 1m}")
    assert found == ["`connect` does nothing: connections to openai are LiteLLM's"]
    assert not _cloud("engine: openai, timeouts: {first_token: 1m, idle: 1m, request: 2m}")


@pytest.mark.parametrize(
    ("gateway", "found"),
    [
        ("timeouts: {idle: 9m}", "gateway.yaml:2:18 `idle` (9m)"),
        ("timeouts: {idle: 30s, first_token: 31s}", "gateway.yaml:2:18 `idle` (30s)"),
        ("timeouts: {idle: 10m}", None),
        ("timeouts: {first_token: 20m}", None),
    ],
)
def test_a_silence_shorter_than_the_wait_for_the_first_token(gateway: str, found: str | None) -> None:
    """Nothing tells one from the other, so it would be accepted and never act."""
    lines = findings("idle-key", gateway=gateway)
    assert [line.partition(" does nothing")[0].removeprefix("error ") for line in lines] == (
        [] if found is None else [found]
    )


def test_a_providers_silence_is_held_against_what_counts_for_it() -> None:
    """Its own first token, else that of gateway.yaml."""
    assert len(_cloud("engine: vllm, endpoints: ['http://gpu:1'], timeouts: {idle: 1m}")) == 1
    assert not _cloud("engine: vllm, endpoints: ['http://gpu:1'], timeouts: {idle: 1m, first_token: 1m}")


def test_servers_are_probed() -> None:
    """With an inference server both act."""
    assert not _cloud("engine: openai")
    assert not _cloud(
        "engine: vllm, endpoints: ['http://gpu:1'], health: {interval: 5s}, timeouts: {connect: 1s}"
    )


def test_templates_too() -> None:
    """A template is there to be copied."""
    assert len(_cloud("engine: openai, status: template, health: {}")) == 1


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
