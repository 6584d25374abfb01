"""One real Envoy, in front of servers that record what they get."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.envoy.gateway import Gateway, free_port, running_gateway, topology_of
from tests.envoy.recording import Recording


@dataclass(frozen=True)
class Lab:
    """The gateway, its engines by the names of their providers, and a client."""

    gateway: Gateway
    engines: dict[str, Recording]
    client: httpx.Client
    directory: Path

    def ask(self, model: str, path: str = "/v1/chat/completions", **more: Any) -> httpx.Response:
        """A POST with a small body, to which `more` is added."""
        return self.client.post(path, json={"model": model, "messages": [], **more})

    def names_asked(self, engine: str) -> list[str]:
        """The model names an engine was asked for."""
        return [json.loads(body)["model"] for body in self.engines[engine].bodies]


def _target(provider: str, model: str, weight: int = 1) -> dict[str, Any]:
    return {"targets": [{"provider": provider, "model": model, "weight": weight}]}


def _providers(engines: dict[str, Recording], dead: int) -> dict[str, Any]:
    urls = {name: f"http://127.0.0.1:{engine.port}" for name, engine in engines.items()}
    chat = {"capabilities": ["chat"]}
    return {
        # A long interval, so that only the tests about health see it at work.
        "a": {
            "engine": "vllm",
            "endpoints": [urls["a"]],
            "api_key": "${KEY_A}",
            "headers": {"X-Team": "red 100%", "X-Pass": "${PASS_A}"},
            "models": {"llama3.1:8b": {}, "second": {}, "embed": {"capabilities": ["embedding", "rerank"]}},
        },
        "b": {
            "engine": "vllm",
            "endpoints": [f"{urls['b']}/behind/proxy"],
            "models": {"llama-b": {}, "embed-b": {}},
        },
        "c": {"engine": "openai-compatible", "endpoints": [urls["c"]], "models": {"llama-c": chat}},
        "probed": {
            "engine": "llamacpp",
            "endpoints": [urls["probed"]],
            "health": {"interval": "50ms", "timeout": "50ms", "unhealthy_threshold": 1},
            "models": {"p": {}},
        },
        "named": {
            "engine": "ollama",
            "endpoints": ["http://no-such-host.invalid:11434"],
            "models": {"n": {}},
        },
        "v6": {"engine": "vllm", "endpoints": [f"http://[::1]:{dead}"], "models": {"six": {}}},
        "dead": {"engine": "vllm", "endpoints": [f"http://127.0.0.1:{dead}"], "models": {"gone": {}}},
        "cloud": {"engine": "openai", "api_key": "${KEY_CLOUD}", "models": {"gpt-5": chat}},
    }


def _mappings() -> dict[str, Any]:
    models = {
        "llama": {**_target("a", "llama3.1:8b"), "description": "A model", "tags": ["fast"]},
        "second": _target("a", "second"),
        "chain": {**_target("a", "llama3.1:8b"), "fallbacks": ["chain-b", "second"]},
        "chain-b": _target("b", "llama-b"),
        "spread": {
            "targets": [
                {"provider": "a", "model": "llama3.1:8b", "weight": 3},
                {"provider": "b", "model": "llama-b", "weight": 1},
                {"provider": "a", "model": "second", "weight": 0},
            ]
        },
        "twice": {
            "targets": [{"provider": "a", "model": "llama3.1:8b"}, {"provider": "a", "model": "second"}],
            "fallbacks": ["only-c"],
        },
        "only-c": _target("c", "llama-c"),
        "embed": _target("a", "embed"),
        "gone": _target("dead", "gone"),
        "six": {**_target("v6", "six"), "fallbacks": ["only-c"]},
        "gone-chain": {**_target("dead", "gone"), "fallbacks": ["six", "only-c"]},
        "nameless": {**_target("named", "n"), "fallbacks": ["only-c"]},
        "guarded": {**_target("probed", "p"), "fallbacks": ["only-c"]},
        "cloudy": _target("cloud", "gpt-5"),
        "org/model:tag": _target("c", "llama-c"),
        "ünï cödé": _target("c", "llama-c"),
    }
    return {
        "models": models,
        "aliases": {"gpt-4o": "llama", "gpt-4o-cloud": "cloudy"},
        "patterns": [
            {"match": "ollama/(.+)-(\\d+)", "provider": "b", "model": "\\2:\\1"},
            {"match": "raw/.*", "provider": "c", "description": "100 % raw"},
            {"match": "cloud/.*", "provider": "cloud"},
        ],
    }


@pytest.fixture(scope="session")
def whole_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Started once; the secrets are `Bearer key-of-a` and the like."""
    directory = tmp_path_factory.mktemp("gateway")
    with ExitStack() as stack:
        engines = {
            name: stack.enter_context(Recording(name))
            for name in ("a", "b", "c", "probed", "worker", "control")
        }
        gateway_file = {
            "listen": {"port": free_port()},
            "control": {"port": engines["control"].port},
            "litellm": {"workers": 1},
            "timeouts": {"connect": "300ms", "first_token": "1s", "idle": "700ms", "request": "3s"},
        }
        topology = topology_of(_providers(engines, free_port()), _mappings(), gateway_file)
        secrets = {"a": "Bearer key-of-a", "a.x-pass": "pass-of-a"}
        gateway = stack.enter_context(running_gateway(topology, directory, secrets))
        client = stack.enter_context(gateway.client())
        yield Lab(gateway, engines, client, directory)


@pytest.fixture
def lab(whole_lab: Lab) -> Lab:
    """The gateway with engines that have forgotten what came before."""
    for engine in whole_lab.engines.values():
        engine.reset()
    return whole_lab
