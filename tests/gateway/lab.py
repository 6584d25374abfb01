"""One laboratory for a whole test session: real engines, and one gateway in front of them with a public model per question.

    provider   engine behind it                        what for
    --------   --------------------------------------  ------------------------------------------------------------
    llamacpp   llama.cpp, chat and embeddings          contract, both lanes
    ollama     the Ollama double over llama.cpp        contract, both lanes
    reranker   llama.cpp with a cross-encoder          rerank, both lanes
    scripted   the scripted engine, with a key         differences between lanes, byte fidelity, names
    unruly     a scripted engine with short time limits slow, failing and cut answers
    dead       an address where nobody listens         fallbacks, and what is said when nothing answers

Public models come in pairs: `X` takes the direct lane, `X-indirect` the other, over the same deployment.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from schemas.diagnostics import DocumentKind
from tests.configs import Data
from tests.engines.lifecycle import Engine
from tests.engines.processes import (
    TINY_GGUF,
    start_llamacpp,
    start_ollama_double,
    start_reranker,
    start_scripted_engine,
)
from tests.gateway.running import Gateway, nobody_listening, running_gateway, wait_for_litellm

KEY_VARIABLE = "PORTICO_TEST_ENGINE_KEY"
ENGINE_KEY = "key-of-the-scripted-engine"
CONTEXT_TOKENS = 512
"""What llama.cpp and the double's llama.cpp take at least; a longer prompt is refused."""

PROBE_INTERVAL_MS = 200
FIRST_TOKEN_SECONDS = 1.0
REQUEST_SECONDS = 3.0
"""Limits of the provider `unruly`."""

TEXT = ["chat", "completion", "tools"]


@dataclass(frozen=True)
class FirstMoment:
    """What the gateway answered right after `portico up` returned; `direct` came after `litellm`."""

    litellm: httpx.Response
    direct: httpx.Response


@dataclass(frozen=True)
class Lab:
    """The engines and the gateway, LiteLLM ready."""

    gateway: Gateway
    first: FirstMoment
    llamacpp: Engine
    ollama: Engine
    reranker: Engine
    scripted: Engine
    unruly: Engine


@contextlib.contextmanager
def laboratory(folder: Path) -> Iterator[Lab]:
    """Starts everything below `folder`, which must have a short path, and stops it."""
    with contextlib.ExitStack() as stack:
        start = stack.enter_context
        llamacpp = start(
            start_llamacpp(embeddings=True, pooling="mean", context_size=2 * CONTEXT_TOKENS, parallel=2)
        )
        ollama = start(start_ollama_double({"tiny": TINY_GGUF, "spare:1b": TINY_GGUF}))
        reranker = start(start_reranker())
        scripted, unruly = start(start_scripted_engine()), start(start_scripted_engine())
        dead = start(nobody_listening())
        engines = {"llamacpp": llamacpp, "ollama": ollama, "reranker": reranker}
        urls = {name: engine.url for name, engine in engines.items()}
        urls |= {"scripted": scripted.url, "unruly": unruly.url, "dead": dead}
        environment = {KEY_VARIABLE: ENGINE_KEY}
        gateway = start(running_gateway(documents(urls), folder, environment=environment))
        first = FirstMoment(
            litellm=say_hello(gateway, "scripted-indirect"), direct=say_hello(gateway, "scripted")
        )
        wait_for_litellm(gateway)
        yield Lab(gateway, first, llamacpp, ollama, reranker, scripted, unruly)


def say_hello(gateway: Gateway, model: str) -> httpx.Response:
    """A chat completion of one word."""
    messages = [{"role": "user", "content": "hello"}]
    return gateway.http.post("/v1/chat/completions", json={"model": model, "messages": messages})


def documents(urls: dict[str, str]) -> Data:
    """The configuration; `urls` is where each provider is."""
    often = {"interval": f"{PROBE_INTERVAL_MS}ms", "timeout": f"{PROBE_INTERVAL_MS}ms"}
    models: dict[str, Any] = {
        **pair("llamacpp", "llamacpp", "tiny"),
        **pair("ollama", "ollama", "tiny"),
        **pair("absent", "ollama", "absent:1b"),
        **pair("rerank", "reranker", "reranker"),
        **pair("scripted", "scripted", "scripted-model"),
        **pair("scripted-rerank", "scripted", "scripted-ranker"),
        **pair("unruly", "unruly", "unruly-model"),
        **pair("down", "dead", "nobody"),
        "down-only-direct": model("dead", "nobody", lane="direct"),
        "scripted-only-direct": model("scripted", "scripted-model", lane="direct"),
        "down-falls-back": model("dead", "nobody", fallbacks=["scripted"]),
        "down-falls-back-indirect": model("dead", "nobody", lane="litellm", fallbacks=["scripted-indirect"]),
        **pair("spare", "unruly", "spare-model"),
        "unruly-falls-back": model("unruly", "unruly-model", fallbacks=["spare"]),
        "unruly-falls-back-indirect": model(
            "unruly", "unruly-model", lane="litellm", fallbacks=["spare-indirect"]
        ),
        "half-down": {"targets": [target("dead", "nobody"), target("unruly", "unruly-model")]},
        "scripted-model": model("scripted", "scripted-model"),
        "org/Scripted-7B:latest": model("scripted", "scripted-model"),
        "naïve model": model("scripted", "scripted-model"),
    }
    return {
        DocumentKind.PROVIDERS: {
            "providers": {
                "llamacpp": provider(
                    "llamacpp", urls["llamacpp"], {"tiny": [*TEXT, "embedding"]}, health=often
                ),
                "ollama": provider(
                    "ollama", urls["ollama"], {"tiny": [*TEXT, "embedding"], "absent:1b": TEXT}, health=often
                ),
                "reranker": provider("llamacpp", urls["reranker"], {"reranker": ["rerank"]}, health=often),
                "scripted": provider(
                    "vllm",
                    urls["scripted"],
                    {"scripted-model": [*TEXT, "embedding"], "scripted-ranker": ["rerank"]},
                    api_key=f"${{{KEY_VARIABLE}}}",
                ),
                "unruly": provider(
                    "vllm",
                    urls["unruly"],
                    {"unruly-model": TEXT, "spare-model": TEXT},
                    timeouts={
                        "connect": "1s",
                        "first_token": f"{FIRST_TOKEN_SECONDS:.0f}s",
                        "idle": "1s",
                        "request": f"{REQUEST_SECONDS:.0f}s",
                    },
                ),
                "dead": provider("llamacpp", urls["dead"], {"nobody": TEXT}),
            }
        },
        DocumentKind.MAPPINGS: {
            "models": models,
            "aliases": {"gpt-4o": "scripted", "team/best:v1": "gpt-4o", "claude-latest": "scripted-indirect"},
            "patterns": [{"match": "any/(.+)", "provider": "scripted", "model": "\\1"}],
        },
    }


def pair(name: str, provider_name: str, engine_model: str) -> dict[str, Any]:
    """A public model on the direct lane, and the same deployment through LiteLLM."""
    return {
        name: model(provider_name, engine_model),
        f"{name}-indirect": model(provider_name, engine_model, lane="litellm"),
    }


def model(provider_name: str, engine_model: str, **keys: Any) -> dict[str, Any]:
    """A public model with one target."""
    return {"targets": [target(provider_name, engine_model)], **keys}


def target(provider_name: str, engine_model: str) -> dict[str, str]:
    """A target of a public model."""
    return {"provider": provider_name, "model": engine_model}


def provider(engine: str, url: str, models: dict[str, list[str]], **keys: Any) -> dict[str, Any]:
    """An entry of providers.yaml; `models` maps the engine's names to capabilities."""
    named = {name: {"capabilities": capabilities} for name, capabilities in models.items()}
    return {"engine": engine, "endpoints": [url], "models": named, **keys}
