"""`health-path-generates`."""

import pytest

from generator.engines import GENERATING_PATHS
from tests.findings import findings


def _found(path: str, engine: str = "vllm", url: str = "http://gpu:1/team") -> list[str]:
    providers = f"providers: {{a: {{engine: {engine}, endpoints: ['{url}'], health: {{path: '{path}'}}}}}}"
    return findings("health-path-generates", providers=providers)


@pytest.mark.parametrize("path", GENERATING_PATHS)
def test_every_path_of_the_table(path: str) -> None:
    """The table of engines says what works."""
    assert len(_found(path)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/v1/chat/completions/",
        "/V1/Completions",
        "//v1//completions",
        "/v1/completions?prompt=hi",
        "/v1/%63ompletions",
        "/x/../generate",
        "/team/v1/completions",
        "/health_generate#x",
        "/upstream/llama3/health",
    ],
)
def test_other_ways_to_write_them(path: str) -> None:
    """Slashes, case, queries, escapes and a repeated prefix make no difference."""
    assert _found(path) == [f"error providers.yaml:2:80 a probe of `{path}` would generate or load a model"]


def test_a_query_that_loads() -> None:
    """llama.cpp's router loads the model that a query names; for others it is a query."""
    assert len(_found("/props?model=x", "llamacpp")) == 1
    assert not _found("/props?model=x", "vllm")


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/v1/models",
        "/api/version",
        "/ping",
        "/embeddings-server/health",
        "/",
        "/generated",
        "/metrics",
    ],
)
def test_paths_that_only_report(path: str) -> None:
    """What reports is fine, whatever it is called."""
    assert not _found(path)


def test_templates_too() -> None:
    """A template is there to be copied."""
    providers = "providers: {a: {engine: vllm, status: template, endpoints: ['http://x:1'], health: {path: /generate}}}"
    assert len(findings("health-path-generates", providers=providers)) == 1
