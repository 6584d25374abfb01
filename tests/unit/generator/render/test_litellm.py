"""What LiteLLM is told."""

from collections import Counter
from typing import Any

import yaml

from generator.render.litellm import render_litellm
from schemas.diagnostics import DocumentKind
from tests.configs import accept, sources_of

PROVIDERS = {
    "version": 1,
    "providers": {
        "gpus": {
            "engine": "vllm",
            "endpoints": ["http://10.0.0.5:8000", "http://10.0.0.6:8000/v"],
            "api_key": "file:/run/gpus",
            "headers": {"X-Team": "08080", "X-Sig": "${SIG}"},
            "timeouts": {"first_token": "90s", "request": "1h"},
            "models": {
                "m": {"capabilities": ["chat", "tools"], "cost": {"input": 1, "output": 2.5}, "max_output": 9}
            },
        },
        "spare": {"engine": "ollama", "endpoints": ["http://10.0.0.7:11434"], "models": {"s:1b": {}}},
        "ranker": {
            "engine": "llamacpp",
            "endpoints": ["http://10.0.0.8:8080"],
            "models": {"r": {"capabilities": ["rerank"]}},
        },
        "cloud": {
            "engine": "openai",
            "api_key": "${OPENAI_API_KEY}",
            "models": {"gpt-4o": {"capabilities": ["chat"]}},
        },
    },
}
MAPPINGS = {
    "version": 1,
    "models": {
        "mixed": {
            "targets": [
                {"provider": "gpus", "model": "m", "weight": 3},
                {"provider": "cloud", "model": "gpt-4o", "weight": 2},
                {"provider": "spare", "model": "s:1b", "weight": 0},
            ],
            "fallbacks": ["small"],
        },
        "small": {"targets": [{"provider": "spare", "model": "s:1b"}]},
        "rank": {"targets": [{"provider": "ranker", "model": "r"}]},
    },
    "aliases": {"gpt": "mixed"},
    "patterns": [{"match": "spare/(.+)", "provider": "spare", "model": "\\1"}],
}


def _config(workers: int = 1) -> dict[str, Any]:
    data = {
        DocumentKind.PROVIDERS: PROVIDERS,
        DocumentKind.MAPPINGS: MAPPINGS,
        DocumentKind.GATEWAY: {"version": 1, "litellm": {"workers": workers}},
    }
    config = yaml.safe_load(accept(sources_of(data)).release.artifacts["litellm/config.yaml"])
    assert isinstance(config, dict)
    return config


def _entries(config: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [entry for entry in config["model_list"] if entry["model_name"] == name]


def test_a_group_holds_every_target_that_gets_requests() -> None:
    """Weights are kept although a target with two endpoints has two entries, and a target of weight 0 is left out."""
    weights: Counter[str] = Counter()
    for entry in _entries(_config(), "mixed"):
        weights[entry["litellm_params"]["model"]] += entry["litellm_params"]["weight"]
    assert weights["llamafile/m"] / weights["openai/gpt-4o"] == 3 / 2
    assert set(weights) == {"llamafile/m", "openai/gpt-4o"}


def test_every_deployment_has_an_exact_name() -> None:
    """Envoy asks for a deployment by provider and engine model, whatever public models lead to it."""
    config = _config()
    names = {entry["model_name"] for entry in config["model_list"]}
    assert {"gpus/m", "spare/s:1b", "ranker/r", "cloud/gpt-4o", "spare/*"} <= names
    assert [entry["litellm_params"]["api_base"] for entry in _entries(config, "gpus/m")] == [
        "http://10.0.0.5:8000/v1",
        "http://10.0.0.6:8000/v/v1",
    ]


def test_secrets_are_references_and_text_stays_text() -> None:
    """The file names environment variables, and `08080` is read as text."""
    params = _entries(_config(), "gpus/m")[0]["litellm_params"]
    assert params["api_key"].startswith("os.environ/PORTICO_FILE_")
    assert params["extra_headers"] == {"X-Sig": "os.environ/SIG", "X-Team": "08080"}
    assert _entries(_config(), "cloud/gpt-4o")[0]["litellm_params"]["api_key"] == "os.environ/OPENAI_API_KEY"


def test_a_local_engine_without_a_key_is_given_one_that_says_nothing() -> None:
    """Without it LiteLLM would send its own OPENAI_API_KEY."""
    assert _entries(_config(), "spare/s:1b")[0]["litellm_params"]["api_key"] == "none"


def test_costs_and_lengths_are_per_token() -> None:
    """Costs are numbers for LiteLLM's reader, which takes 1e-06 for text."""
    info = _entries(_config(), "gpus/m")[0]["model_info"]
    assert info["input_cost_per_token"] == 0.000001
    assert info["output_cost_per_token"] == 0.0000025
    assert info["max_output_tokens"] == 9
    assert info["supports_function_calling"] is True


def test_rerank_uses_the_prefix_that_has_it() -> None:
    """LiteLLM's other prefixes for local servers answer rerank with 500."""
    assert _entries(_config(), "ranker/r")[0]["litellm_params"]["model"] == "hosted_vllm/r"


def test_failures_go_to_the_other_targets_and_then_to_the_fallbacks() -> None:
    """A group's own deployments stand in for each other before the next public model is asked."""
    router = _config()["router_settings"]
    assert {"mixed": ["gpus/m", "cloud/gpt-4o", "small"]} in router["fallbacks"]
    assert router["model_group_alias"] == {"gpt": "mixed"}


def test_time_limits_are_seconds() -> None:
    """The provider's limits are LiteLLM's too; its one limit on silence leaves room for the longer of both kinds."""
    params = _entries(_config(), "gpus/m")[0]["litellm_params"]
    assert (params["timeout"], params["stream_timeout"]) == (3600.0, 600.0)


def test_without_workers_there_is_no_file() -> None:
    """A topology that runs no LiteLLM renders nothing for it."""
    data = {
        DocumentKind.PROVIDERS: {"version": 1, "providers": {"spare": PROVIDERS["providers"]["spare"]}},  # type: ignore[index]
        DocumentKind.MAPPINGS: {
            "version": 1,
            "models": {"small": {"targets": [{"provider": "spare", "model": "s:1b"}]}},
        },
        DocumentKind.GATEWAY: {"version": 1, "litellm": {"workers": 0}},
    }
    assert render_litellm(accept(sources_of(data)).topology) == {}
