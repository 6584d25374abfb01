"""`secret-inline`."""

import pytest

from generator.report import text
from tests.findings import diagnostics_of, findings

KEY = "sk-" + "Ab1" * 12
LONG = "aB3xY9kQw7Zr2LmT5vNc8HpJ4dSg6FqE"


def _everywhere(text: str) -> list[tuple[str, str]]:
    """Documents with `text` at one place each, with the place that is expected."""
    head = 'providers:\n  a:\n    engine: vllm\n    endpoints: ["http://gpu:1"]\n    '
    return [
        (head + f"description: {text}", "providers.yaml:6:18"),
        (head + f"headers: {{X-Foo: {text}}}", "providers.yaml:6:22"),
        (head + f'headers: {{"X-Foo": "{text}"}}', "providers.yaml:6:24"),
        (head + f"description: |\n      one\n      {text}", "providers.yaml:6:18"),
        (head + f"description: >-\n      one\n      {text}", "providers.yaml:6:18"),
        (head + f"description:\n      {text}", "providers.yaml:7:7"),
        (head + f"models: {{{text}: {{}}}}", "providers.yaml:6:14"),
    ]


@pytest.mark.parametrize("number", range(7))
def test_a_token_wherever_it_stands(number: int) -> None:
    """Values, keys, quotes, block and folded scalars: found, placed, and not shown."""
    providers, place = _everywhere(KEY)[number]
    (found,) = diagnostics_of("secret-inline", providers=providers)
    assert found.place is not None
    assert f"{found.place.path}:{found.place.line}:{found.place.column}" == place
    assert KEY not in repr(found)
    assert KEY not in text(found)
    assert "an API key" in found.message


def test_escapes_hide_nothing() -> None:
    """A token that is only seen once YAML has read it is found, and its escaped form is not shown."""
    escaped = KEY.replace("A", "\\x41", 1)
    (found,) = diagnostics_of(
        "secret-inline", providers=f'providers: {{a: {{engine: openai, description: "{escaped}"}}}}'
    )
    assert found.place is not None
    assert found.place.excerpt == "providers: {a: {engine: openai, description: ••••••••}}"


@pytest.mark.parametrize(
    "header",
    [
        "X-Auth-Token: hunter2",
        "X-Session-Secret: hunter2",
        "Ocp-Apim-Subscription-Key: hunter2",
        f"X-Data: {LONG}",
    ],
)
def test_headers(header: str) -> None:
    """A header that is named like a secret, or has a long random value, must be a reference."""
    (found,) = diagnostics_of(
        "secret-inline", providers=f"providers: {{a: {{engine: openai, headers: {{{header}}}}}}}"
    )
    assert header.partition(": ")[2] not in text(found)
    assert "`${NAME}`" in (found.hint or "")


@pytest.mark.parametrize(
    "header",
    [
        "X-Auth-Token: '${TOKEN}'",
        "X-Auth-Token: file:/run/token",
        "X-Team: research",
        "X-Trace: 550e8400-e29b-41d4-a716-446655440000",
        "anthropic-beta: 'prompt-caching-2024-07-31,extended-cache-ttl-2025-04-11'",
        "X-Idempotency-Key: per-request",
        "User-Agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)'",
        "HTTP-Referer: https://portico.example/about/the-project/and-its-people",
    ],
)
def test_harmless_headers(header: str) -> None:
    """References, words, identifiers and URLs are no secrets."""
    assert not findings(
        "secret-inline", providers=f"providers: {{a: {{engine: openai, headers: {{{header}}}}}}}"
    )


def test_every_file() -> None:
    """All four documents are read."""
    found = findings(
        "secret-inline",
        providers=f"providers: {{a: {{engine: openai, description: {KEY}}}}}",
        mappings=f"models: {{}}\naliases: {{{KEY}: x}}",
        gateway=f"embedded: {{model_file: /models/{KEY}.gguf}}",
        ports=f"reserved: [{{port: 1, reason: {KEY}}}]",
    )
    assert [line.split(" ", 2)[1] for line in found] == [
        "providers.yaml:2:46", "model-mappings.yaml:3:11", "gateway.yaml:2:24", "ports.yaml:2:30",
    ]  # fmt: skip


def test_names_of_models_are_no_secrets() -> None:
    """Public names may contain any word, and models' names and digests look random."""
    assert not findings(
        "secret-inline",
        providers="""
        providers:
          a:
            engine: vllm
            endpoints: ["http://gpu:1"]
            description: pinned to sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
            models:
              Qwen/Qwen2.5-Coder-7B-Instruct-AWQ: {}
              risk-management-assistant-20250101-preview: {}
              sk-learn-classifier-v2: {}
              "hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q4_K_M": {}
        """,
        mappings="models: {}\naliases: {my-secret: gpt-4o-mini-2024-07-18, token: claude-3-5-sonnet-20241022}",
    )


def test_other_diagnostics_of_the_same_line_hide_it() -> None:
    """A diagnostic about a neighbour in a flow mapping does not show the secret either."""
    providers = f"providers: {{a: {{engine: vllm, endpoints: ['http://0.0.0.0:1'], headers: {{X-Auth-Token: {KEY}}}}}}}"
    (found,) = diagnostics_of("unspecified-endpoint", providers=providers)
    assert KEY not in text(found)
