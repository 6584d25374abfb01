"""Asking whether engines are well spends no token and loads no model: counted at the engines themselves."""

import json
import time
from dataclasses import dataclass

import httpx
import pytest

from tests.gateway.lab import PROBE_INTERVAL_MS, Lab
from tests.gateway.running import Gateway

PROBES = 40


@dataclass(frozen=True)
class Spent:
    """What engines have done so far: tokens generated and prompts read by either, models the Ollama double has loaded."""

    llamacpp_generated: float
    llamacpp_prompts: float
    ollama_generated: int
    ollama_prompts: int
    ollama_loads: dict[str, int]


def spent(lab: Lab) -> Spent:
    """Reads the engines' own counters."""
    told = (
        httpx.get(f"{lab.ollama.url}/double/counters", trust_env=False, verify=False)
        .raise_for_status()
        .json()
    )
    return Spent(
        metric(lab, "llamacpp:tokens_predicted_total"),
        metric(lab, "llamacpp:prompt_tokens_total"),
        told["generated_tokens"],
        told["prompt_tokens"],
        told["loads"],
    )


def metric(lab: Lab, name: str) -> float:
    """One of llama.cpp's own metrics."""
    text = httpx.get(f"{lab.llamacpp.url}/metrics", trust_env=False, verify=False).raise_for_status().text
    (value,) = [float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(f"{name} ")]
    return value


def probes(lab: Lab) -> int:
    """How often Ollama's own health path was asked."""
    counted: dict[str, int] = httpx.get(
        f"{lab.ollama.url}/double/counters", trust_env=False, verify=False
    ).json()["requests"]
    return counted.get("/api/version", 0)


@pytest.fixture
def unloaded(lab: Lab) -> Lab:
    """The laboratory with no model loaded in Ollama, so that a probe that needs one must load it."""
    for model in ("tiny", "spare:1b"):
        body = {"model": model, "keep_alive": 0}
        httpx.post(
            f"{lab.ollama.url}/api/generate", json=body, trust_env=False, verify=False
        ).raise_for_status()
    assert httpx.get(f"{lab.ollama.url}/api/ps", trust_env=False, verify=False).json()["models"] == []
    return lab


def test_the_counters_count(lab: Lab) -> None:
    """What the tests below compare does change when somebody asks for an answer."""
    before = spent(lab)
    for model in ("llamacpp", "ollama"):
        body = {"model": model, "messages": [{"role": "user", "content": "Count to ten"}]}
        assert lab.gateway.http.post("/v1/chat/completions", json=body).status_code == 200
    after = spent(lab)
    assert after.llamacpp_generated > before.llamacpp_generated
    assert after.ollama_generated > before.ollama_generated
    assert after.ollama_prompts > before.ollama_prompts


def test_probes(unloaded: Lab) -> None:
    """Forty probes of the gateway, status and detailed health in between: no token, no load, and every engine is known to be well."""
    before, first = spent(unloaded), probes(unloaded)
    deadline = time.monotonic() + 4 * PROBES * PROBE_INTERVAL_MS / 1000
    while probes(unloaded) < first + PROBES:
        assert time.monotonic() < deadline, f"{probes(unloaded) - first} probes"
        detailed = unloaded.gateway.http.get("/health/detailed").json()
        health = {provider["name"]: provider["health"] for provider in detailed["providers"]}
        assert {name for name, state in health.items() if state == "healthy"} == set(health) - {"dead"}
        assert health["dead"] == "unhealthy"
        assert unloaded.gateway.http.get("/health").status_code == 200
        assert unloaded.gateway.http.get("/v1/models").status_code == 200
        time.sleep(0.2)
    assert spent(unloaded) == before
    assert httpx.get(f"{unloaded.ollama.url}/api/ps", trust_env=False, verify=False).json()["models"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--json", "--state", "{state}"),
        ("providers", "--probe", "--json", "--config", "{config}"),
        ("doctor", "--json", "--config", "{config}", "--state", "{state}"),
    ],
    ids=["status", "providers --probe", "doctor"],
)
def test_commands(unloaded: Lab, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    """Commands that tell how engines are spend nothing either."""
    gateway = unloaded.gateway
    before = spent(unloaded)
    places = {"{state}": str(gateway.state), "{config}": str(gateway.config)}
    answer = gateway.portico(*(places.get(argument, argument) for argument in arguments))
    assert answer.stdout, answer.stderr
    json.loads(answer.stdout)
    assert spent(unloaded) == before
    assert httpx.get(f"{unloaded.ollama.url}/api/ps", trust_env=False, verify=False).json()["models"] == []


def test_probing_says_what_is_there(gateway: Gateway) -> None:
    """`portico providers --probe` has asked: every engine but the dead one is well, with its models."""
    answer = gateway.portico("providers", "--probe", "--json", "--config", str(gateway.config))
    probed = {entry["name"]: entry["probes"][0] for entry in json.loads(answer.stdout)["providers"]}
    assert probed["dead"]["answer"] == "unreachable"
    assert {name for name, probe in probed.items() if probe["answer"] == "healthy"} == set(probed) - {"dead"}
    assert probed["ollama"]["models"] == ["spare:1b", "tiny:latest"]
    assert probed["llamacpp"]["models"] == ["tiny"]
