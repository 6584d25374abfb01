"""`portico up` with real Envoy, real LiteLLM and real llama.cpp: one gateway for the whole module, with two secrets."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from portico.identity import identify, name_of
from portico.ports import find_holder, free_port
from tests.gateways import Gateway, chat, make_site, running_gateway, streamed, wait_until

KEY = "key-that-nobody-may-see-4711"
HEADER = "header-that-nobody-may-see-0815"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway whose LiteLLM is ready too."""
    dead = f"http://127.0.0.1:{free_port()}"
    folder = tmp_path_factory.mktemp("up")
    site = make_site(
        folder,
        providers={
            "embedded": {
                "engine": "llamacpp",
                "endpoints": [f"http://127.0.0.1:{free_port()}"],
                "models": {"tiny": {"capabilities": ["chat", "completion"], "context_length": 2048}},
            },
            "keyed": {
                "engine": "vllm",
                "endpoints": [dead],
                "api_key": "${E2E_KEY}",
                "headers": {"x-extra": "file:extra"},
                "models": {"m": {}},
            },
        },
        mappings={
            "models": {
                "tiny": {"targets": [{"provider": "embedded", "model": "tiny"}]},
                "tiny-litellm": {"lane": "litellm", "targets": [{"provider": "embedded", "model": "tiny"}]},
                "keyed": {"targets": [{"provider": "keyed", "model": "m"}]},
            },
            "aliases": {"small": "tiny"},
        },
        gateway={"embedded": {"start": "auto", "provider": "embedded"}},
        environment={"E2E_KEY": KEY},
    )
    (folder / "config" / "extra").write_text(f"{HEADER}\n", encoding="utf-8")
    with running_gateway(site) as running:
        wait_until(lambda: site.lane("litellm") == "ready", 120)
        yield running


def test_it_says_what_it_does(gateway: Gateway) -> None:
    """Progress, the embedded engine and how to replace it, the providers, and a request that works as it stands."""
    said = gateway.said()
    for words in (
        "direct lane ready in ",
        f"http://localhost:{gateway.site.port}",
        "no configured engine answers: starting the embedded llama.cpp with the tiny model",
        "embedded.model_file",
        "providers: embedded (ok), keyed (does not answer)",
        "LiteLLM ready in ",
    ):
        assert words in said
    curl = said[said.index("  curl ") :].split("\nLiteLLM")[0]
    answer = subprocess.run(
        ["sh", "-c", curl.replace("curl ", "curl -sS --noproxy '*' ")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"choices"' in answer.stdout


def test_status_is_one_definition_for_command_and_api(gateway: Gateway) -> None:
    """The command's JSON and both doors of the API agree, and hold what runs."""
    site = gateway.site
    status = site.status()
    for url in (f"{site.url}/gateway/status", f"{site.control_url}/gateway/status"):
        served = httpx.get(url, trust_env=False).json()
        assert served | {"uptime_seconds": 0} == status | {"uptime_seconds": 0}
    assert status["pid"] == gateway.process.pid
    assert status["phase"] == "serving"
    assert status["generation"] == 1
    assert [(lane["name"], lane["state"]) for lane in status["lanes"]] == [
        ("direct", "ready"),
        ("litellm", "ready"),
    ]
    assert {entry["name"]: entry["state"] for entry in status["processes"]} == {
        "envoy": "ready",
        "embedded": "ready",
        "litellm-1": "ready",
    }
    assert {entry["name"]: entry["health"] for entry in status["providers"]} == {
        "embedded": "healthy",
        "keyed": "unhealthy",
    }
    models = {entry["name"]: entry for entry in status["models"]}
    assert models["tiny"]["aliases"] == ["small"]
    assert models["tiny-litellm"]["lanes"] == ["litellm"]
    assert str((site.state / "current").readlink()) == f"releases/{status['release']}"


def test_status_for_people(gateway: Gateway) -> None:
    """The tables name the release, lanes, providers, models and processes."""
    shown = gateway.site.portico("status")
    assert shown.returncode == 0
    for word in (
        "LANE",
        "PROVIDER",
        "MODEL",
        "PROCESS",
        "keyed",
        "unhealthy",
        "tiny-litellm",
        "litellm-1",
        str(gateway.process.pid),
    ):
        assert word in shown.stdout


@pytest.mark.parametrize(
    ("model", "lane"), [("tiny", "direct"), ("small", "direct"), ("tiny-litellm", "litellm")]
)
def test_completions_by_both_lanes(gateway: Gateway, model: str, lane: str) -> None:
    """A completion, plain and streamed; the answer says which lane it came by."""
    answer = chat(gateway.site, model)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-portico-lane"] == lane
    assert answer.json()["choices"][0]["message"]["content"]
    chunks = streamed(gateway.site, model)
    assert "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])


def test_health_and_lists(gateway: Gateway) -> None:
    """The cheap check, the detailed one, models and providers answer through the front door."""
    url = gateway.site.url
    assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
    detailed = httpx.get(f"{url}/health/detailed", trust_env=False).json()
    assert detailed["status"] == "ok"
    assert {
        entry["name"] for entry in httpx.get(f"{url}/gateway/providers", trust_env=False).json()["providers"]
    } == {"embedded", "keyed"}
    assert len(httpx.get(f"{url}/gateway/models", trust_env=False).json()["models"]) == 3


def test_metrics_are_on_the_control_port_alone(gateway: Gateway) -> None:
    """Prometheus reads Envoy's statistics on the control port; clients do not get them."""
    metrics = httpx.get(f"{gateway.site.control_url}/metrics", trust_env=False)
    assert "envoy_http_downstream_rq_total" in metrics.text
    assert metrics.headers["content-type"].startswith("text/plain")
    assert httpx.get(f"{gateway.site.url}/metrics", trust_env=False).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/gateway/stop", {}, 405),
        ("GET", "/gateway/stop", {}, 404),
        ("DELETE", "/gateway/status", {}, 405),
        ("GET", "/gateway/status", {"host": "evil.example"}, 421),
        ("GET", "/gateway/status", {"host": "127.0.0.1.evil.example:80"}, 421),
        ("GET", "/gateway/status", {"origin": "http://evil.example"}, 403),
        ("GET", "/gateway/status", {"origin": "null"}, 403),
        ("GET", "/gateway/status", {"origin": "http://localhost:3000"}, 200),
    ],
)
def test_the_control_port_only_tells(
    gateway: Gateway, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Nothing on TCP changes anything, and web pages of other origins get nothing; errors have OpenAI's shape."""
    answer = httpx.request(method, f"{gateway.site.control_url}{path}", headers=headers, trust_env=False)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert gateway.process.poll() is None


def test_no_secret_where_others_can_see_it(gateway: Gateway) -> None:
    """Keys stand in 0600 files below run/ alone: in no release, log, other file, or process list."""
    site = gateway.site
    master = (
        (site.state / "run/envoy/secrets/litellm.json")
        .read_text(encoding="utf-8")
        .split("Bearer ")[1]
        .split('"')[0]
    )
    assert len(master) > 32
    secrets = [value.encode() for value in (KEY, HEADER, master)]
    holding = [
        path
        for path in site.state.rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    ]
    assert {path.relative_to(site.state).as_posix() for path in holding} == {
        "run/envoy/secrets/keyed.json",
        "run/envoy/secrets/keyed.x-extra.json",
        "run/envoy/secrets/litellm.json",
    }
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in holding)
    assert all(secret.decode() not in gateway.said() for secret in secrets)
    listed = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, check=True).stdout
    assert b"litellm/config.yaml" in listed
    assert all(secret not in listed for secret in secrets)


def test_a_second_up_says_who_runs(gateway: Gateway) -> None:
    """Exit 6, with process id and port of the first, which goes on."""
    second = gateway.site.portico("up")
    assert second.returncode == 6
    assert f"pid {gateway.process.pid}" in second.stderr
    assert f"port {gateway.site.port}" in second.stderr
    assert chat(gateway.site, "tiny").status_code == 200


def test_a_taken_port_names_its_holder(gateway: Gateway) -> None:
    """A second gateway with a state directory of its own is told which process has the port: the first one's Envoy."""
    site = gateway.site
    other = subprocess.run(
        [
            sys.executable,
            "-Im",
            "portico",
            "up",
            "--config",
            str(site.folder / "config"),
            "--state",
            str(site.folder / "other"),
        ],
        env=dict(site.environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert other.returncode == 6
    holder = find_holder(site.port)
    assert holder is not None
    assert holder.pid == site.pid("envoy")
    assert f"port {site.port} is taken by pid {holder.pid} ({name_of(holder.pid)})" in other.stderr


def test_a_killed_envoy_comes_back(gateway: Gateway) -> None:
    """After kill -9 both lanes serve again, LiteLLM's workers are still known, and the status counts the death."""
    site = gateway.site
    before = site.pid("envoy")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: "envoy is back" in gateway.said(), 10)
    assert site.pid("envoy") != before
    wait_until(lambda: chat(site, "tiny").status_code == 200, 10)
    assert chat(site, "tiny-litellm").status_code == 200
    assert {entry["name"]: entry["restarts"] for entry in site.status()["processes"]}["envoy"] == 1


def test_a_killed_worker_comes_back(gateway: Gateway) -> None:
    """Without a worker its lane answers 503 with Retry-After while the direct lane serves; then a new worker serves."""
    site = gateway.site
    os.kill(site.pid("litellm-1"), signal.SIGKILL)
    wait_until(lambda: site.lane("litellm") == "starting", 5)
    wait_until(lambda: chat(site, "tiny-litellm").status_code == 503, 5)
    answer = chat(site, "tiny-litellm")
    assert int(answer.headers["retry-after"]) >= 1
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}
    assert chat(site, "tiny").status_code == 200
    wait_until(lambda: site.lane("litellm") == "ready", 120)
    wait_until(lambda: chat(site, "tiny-litellm").status_code == 200, 5)


def test_a_killed_engine_comes_back(gateway: Gateway) -> None:
    """The embedded engine is kept running like the others."""
    site = gateway.site
    os.kill(site.pid("embedded"), signal.SIGKILL)
    wait_until(lambda: "embedded is back" in gateway.said(), 20)
    wait_until(lambda: chat(site, "tiny").status_code == 200, 20)


def test_down_leaves_nothing_behind(gateway: Gateway) -> None:
    """After `down` no process, socket or secret stays, and commands say that nothing runs."""
    site = gateway.site
    pids = [entry["pid"] for entry in site.status()["processes"]]
    stopped = site.portico("down")
    assert stopped.returncode == 0, stopped.stderr
    assert gateway.process.wait(10) == 0
    assert all(identify(pid) is None for pid in pids)
    with pytest.raises(httpx.ConnectError):
        chat(site, "tiny")
    left = [
        path for path in (site.state / "run").rglob("*") if path.is_socket() or path.parent.name == "secrets"
    ]
    assert left == []
    assert site.portico("status").returncode == 5
    assert site.portico("down").returncode == 5
    assert gateway.said().rstrip().endswith("stopped")
