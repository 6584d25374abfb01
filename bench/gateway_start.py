"""How long the gateway takes to serve, and what memory it takes; Envoy and LiteLLM alone are started in the same run.

Goal: under 2 s from `portico up` to the first direct completion. The engine runs before the gateway is started.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from portico.binaries import envoy_program, litellm_program
from tests.engines.lifecycle import free_port
from tests.engines.processes import start_llamacpp

ROOT = Path(__file__).resolve().parent.parent

PORTICO = ROOT / ".venv" / "bin" / "portico"
PATIENCE = 90.0


def measure(repeats: int) -> dict[str, Any]:
    """Median seconds from the start of each command to its first good answer, and resident memory in MB."""
    runs: list[dict[str, float]] = []
    memory: dict[str, float] = {}
    with start_llamacpp() as engine:
        for _ in range(repeats):
            seconds, memory = _portico(engine.url)
            runs.append(
                {**seconds, "envoy alone": _envoy_alone(), "litellm alone": _litellm_alone(engine.url)}
            )
    seconds = {name: round(statistics.median(run[name] for run in runs), 2) for name in runs[0]}
    return {
        "seconds": seconds,
        "memory_mb": memory,
        "ratios": {
            "first_direct_completion_of_2s": seconds["up to first direct completion"] / 2,
            "first_direct_completion_of_envoy_alone": seconds["up to first direct completion"]
            / seconds["envoy alone"],
            "litellm_ready_of_litellm_alone": seconds["up to first litellm completion"]
            / seconds["litellm alone"],
            "memory_without_litellm_of_one_worker": (memory["daemon"] + memory["envoy"])
            / memory["litellm-1"],
        },
    }


def _portico(engine: str) -> tuple[dict[str, float], dict[str, float]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        config = _config(Path(name), engine, port)
        command = [str(PORTICO), "up", "--config", str(config), "--state", f"{name}/state"]
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        with _running(command) as (started, process):
            direct = _until(started, lambda: _completes(url, "direct"))
            litellm = _until(started, lambda: _completes(url, "through-litellm"))
            status = json.loads(
                subprocess.run(
                    [PORTICO, "status", "--json", "--state", f"{name}/state"], check=True, capture_output=True
                ).stdout
            )
            pids = {"daemon": process.pid, **{p["name"]: p["pid"] for p in status["processes"] if p["pid"]}}
            memory = {
                name_: round(psutil.Process(pid).memory_info().rss / 1e6, 1) for name_, pid in pids.items()
            }
    return {"up to first direct completion": direct, "up to first litellm completion": litellm}, memory


def _config(directory: Path, engine: str, port: int) -> Path:
    config = directory / "config"
    config.mkdir()
    (config / "providers.yaml").write_text(
        f"version: 1\nproviders:\n  local: {{engine: llamacpp, endpoints: ['{engine}'], models: {{tiny: {{}}}}}}\n"
    )
    (config / "model-mappings.yaml").write_text(
        "version: 1\nmodels:\n"
        "  direct: {targets: [{provider: local, model: tiny}]}\n"
        "  through-litellm: {targets: [{provider: local, model: tiny}], lane: litellm}\n"
    )
    (config / "gateway.yaml").write_text(
        f"version: 1\nlisten: {{port: {port}}}\ncontrol: {{port: {free_port()}}}\n"
    )
    return config


def _envoy_alone() -> float:
    port = free_port()
    answer = {"match": {"prefix": "/"}, "direct_response": {"status": 200}}
    hcm = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "bench",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [answer]}]},
        "http_filters": [
            {
                "name": "router",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
                },
            }
        ],
    }
    listener = {
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{"name": "http", "typed_config": hcm}]}],
    }
    bootstrap = json.dumps({"static_resources": {"listeners": [listener]}})
    command = [
        str(envoy_program()),
        "--config-yaml",
        bootstrap,
        "--disable-hot-restart",
        "--log-level",
        "error",
    ]
    with _running(command) as (started, _):
        return _until(started, lambda: httpx.get(f"http://127.0.0.1:{port}/").status_code == 200)


def _litellm_alone(engine: str) -> float:
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        params = {"model": "llamafile/tiny", "api_base": f"{engine}/v1", "api_key": "none"}
        config = Path(name) / "config.yaml"
        config.write_text(json.dumps({"model_list": [{"model_name": "direct", "litellm_params": params}]}))
        command = [
            str(litellm_program()),
            "--config",
            str(config),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ]
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        with _running(command) as (started, _):
            return _until(started, lambda: _completes(url, "direct"))


def _completes(url: str, model: str) -> bool:
    body = {"model": model, "messages": [{"role": "user", "content": "ping"}], "max_tokens": 4}
    return httpx.post(url, json=body, timeout=30).status_code == 200


def _until(started: float, answers: Callable[[], bool]) -> float:
    while time.monotonic() - started < PATIENCE:
        with contextlib.suppress(httpx.TransportError):
            if answers():
                return round(time.monotonic() - started, 3)
        time.sleep(0.01)
    raise TimeoutError(f"no good answer within {PATIENCE:.0f} s")


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator[tuple[float, "subprocess.Popen[bytes]"]]:
    # LiteLLM does not start without a master key unless it is told that nobody else can reach it.
    alone = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
    }
    environment = {**os.environ, **alone}
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield started, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=45)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
