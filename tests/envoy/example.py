"""A configuration with something of everything that Envoy's files depend on."""

from typing import Any

from generator.topology import Topology
from tests.envoy.gateway import topology_of

PROVIDERS: dict[str, Any] = {
    "gpu": {
        "engine": "vllm",
        "endpoints": [
            "https://gpu.example:8443/vllm",
            "http://10.0.0.1:8000",
            "http://[fd00::1]:8000",
            "https://10.0.0.2",
        ],
        "api_key": "${GPU_KEY}",
        "headers": {"X-Secret": "file:/run/secret", "X-Plain": "plain"},
        "models": {"big": {"context_length": 8192, "size": "8B"}, "small": {}},
    },
    "local": {"engine": "ollama", "endpoints": ["http://localhost:11434"], "models": {"llama3.1:8b": {}}},
    "cloud": {"engine": "openai", "api_key": "${CLOUD_KEY}", "models": {"gpt-5": {"capabilities": ["chat"]}}},
}
MAPPINGS: dict[str, Any] = {
    "models": {
        "chat": {
            "targets": [
                {"provider": "gpu", "model": "big", "weight": 3},
                {"provider": "local", "model": "llama3.1:8b"},
            ],
            "fallbacks": ["other"],
        },
        "other": {"targets": [{"provider": "cloud", "model": "gpt-5"}]},
        "same": {"targets": [{"provider": "gpu", "model": "small"}], "fallbacks": ["other"]},
    },
    "aliases": {"gpt-4o": "chat", "indirect": "gpt-4o"},
    "patterns": [{"match": "ollama/(.+)", "provider": "local", "model": "\\1"}],
}
GATEWAY: dict[str, Any] = {"litellm": {"workers": 2}}


def example(**gateway: Any) -> Topology:
    """A topology with something of everything."""
    return topology_of(PROVIDERS, MAPPINGS, {**GATEWAY, **gateway})
