"""`endpoint-path`."""

import pytest

from tests.findings import diagnostics_of


def _hints(engine: str, url: str) -> list[tuple[str, str | None]]:
    providers = f"providers: {{a: {{engine: {engine}, endpoints: ['{url}']}}}}"
    return [(d.message, d.hint) for d in diagnostics_of("endpoint-path", providers=providers)]


@pytest.mark.parametrize(
    ("url", "ending", "root"),
    [
        ("http://x:8000/v1", "/v1", "http://x:8000"),
        ("http://x:8000/v1/", "/v1", "http://x:8000"),
        ("https://x/api/V1", "/V1", "https://x/api"),
        ("http://x:8000/v1/chat/completions", "/v1/chat/completions", "http://x:8000"),
        ("http://x:8000/team/chat/completions", "/chat/completions", "http://x:8000/team"),
        ("http://x:8000/v1/models", "/v1/models", "http://x:8000"),
        ("http://x:8000/v1/v1", "/v1/v1", "http://x:8000"),
    ],
)
def test_the_path_of_an_api(url: str, ending: str, root: str) -> None:
    """The hint is the endpoint without it."""
    assert _hints("vllm", url) == [
        (f"the endpoint ends in `{ending}`, which is added to it", f"write {root}")
    ]


@pytest.mark.parametrize("path", ["/api", "/api/chat", "/api/tags", "/v1"])
def test_ollamas_own_api(path: str) -> None:
    """Ollama's native API is below `/api`."""
    assert _hints("ollama", f"http://x:11434{path}") == [
        (f"the endpoint ends in `{path}`, which is added to it", "write http://x:11434")
    ]


@pytest.mark.parametrize(
    ("engine", "url"),
    [
        ("vllm", "http://x:8000"),
        ("vllm", "http://x:8000/"),
        ("vllm", "http://x/v1/team"),
        ("vllm", "http://x/vllm-v1"),
        ("openai-compatible", "https://openrouter.ai/api"),
        ("openai-compatible", "https://x/v2"),
        ("vllm", "https://x/embeddings"),
        ("openai", "https://api.openai.com/v1"),
        ("gemini", "https://generativelanguage.googleapis.com/v1beta"),
    ],
)
def test_prefixes_are_fine(engine: str, url: str) -> None:
    """What a reverse proxy may call a server, and what a cloud calls its own base URL."""
    assert not _hints(engine, url)


@pytest.mark.parametrize("url", ["https://api.openai.com", "http://127.0.0.1:8000/"])
def test_openais_base_url_has_its_version(url: str) -> None:
    """LiteLLM adds nothing but the API's own path, so without it every request would get 404."""
    assert _hints("openai", url) == [
        (
            "the endpoint has no path, and nothing is added to it for the engine openai",
            f"write {url.rstrip('/')}/v1",
        )
    ]
