"""How a gateway ends: by a signal, twice by a signal, by `down`, by kill -9; with a stream on its way."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from portico.identity import identify
from tests.engines.lifecycle import Engine
from tests.engines.processes import start_scripted_engine
from tests.engines.scripted_control import counters, script
from tests.gateways import Gateway, Site, chat, make_site, running_gateway, wait_until

CHUNKS = 30
SECONDS_PER_CHUNK = 0.1


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An engine whose streams take three seconds."""
    with start_scripted_engine(["slow", "quick"]) as running:
        text = [
            f'data: {{"choices": [{{"index": 0, "delta": {{"content": "{n} "}}}}]}}\n\n'
            for n in range(CHUNKS)
        ]
        script(
            running,
            model="slow",
            chunks=[*text, "data: [DONE]\n\n"],
            chunk_delay=SECONDS_PER_CHUNK,
        )
        yield running


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    """A gateway in front of it, without LiteLLM."""
    return make_site(
        tmp_path,
        providers={
            "scripted": {
                "engine": "openai-compatible",
                "endpoints": [engine.url],
                "models": {"slow": {}, "quick": {}},
            }
        },
        mappings={
            "models": {
                name: {"targets": [{"provider": "scripted", "model": name}]} for name in ("slow", "quick")
            }
        },
        gateway={"litellm": {"workers": 0}},
    )


def _stream(site: Site) -> tuple[int, bool]:
    """How many events arrived, and whether the stream ended as it should."""
    body = {"model": "slow", "stream": True, "messages": [{"role": "user", "content": "go"}]}
    lines: list[str] = []
    try:
        with httpx.stream(
            "POST", f"{site.url}/v1/chat/completions", json=body, timeout=60, trust_env=False
        ) as response:
            lines.extend(line for line in response.iter_lines() if line)
    except httpx.TransportError:
        pass
    return len(lines), bool(lines) and lines[-1] == "data: [DONE]"


def _end_under_stream(gateway: Gateway, engine: Engine, end: Callable[[], object]) -> tuple[int, bool]:
    """Start a stream, call `end` while it runs, and return what became of the stream."""
    with ThreadPoolExecutor(1) as pool:
        stream: Future[tuple[int, bool]] = pool.submit(_stream, gateway.site)
        wait_until(lambda: counters(engine)["running"] == 1, 10)
        time.sleep(0.5)
        end()
        return stream.result(30)


def _accepts(site: Site) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", site.port)) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_a_stream_finish(site: Site, engine: Engine, number: signal.Signals) -> None:
    """The stream arrives whole, new connections are refused meanwhile, and the exit code is 0."""
    refused: list[bool] = []

    def end() -> None:
        os.kill(gateway.process.pid, number)
        wait_until(lambda: "waiting up to 30 s for 1 request" in gateway.said(), 5)
        refused.append(not _accepts(site))
        assert site.observed()["phase"] == "draining"

    with running_gateway(site) as gateway:
        assert _end_under_stream(gateway, engine, end) == (CHUNKS + 1, True)
        assert gateway.process.wait(10) == 0
    assert refused == [True]


def test_a_second_signal_does_not_wait(site: Site, engine: Engine) -> None:
    """The stream is cut at once, and the last line says so."""

    def end() -> None:
        os.kill(gateway.process.pid, signal.SIGINT)
        wait_until(lambda: "waiting" in gateway.said(), 5)
        os.kill(gateway.process.pid, signal.SIGINT)

    with running_gateway(site) as gateway:
        events, whole = _end_under_stream(gateway, engine, end)
        assert gateway.process.wait(5) == 0
    assert not whole
    assert 0 < events < CHUNKS
    assert gateway.said().rstrip().endswith("stopped; cut off 1 request")


def test_down_waits_as_long_as_it_is_told(site: Site, engine: Engine) -> None:
    """A stream that is not done in time is cut off; `down` returns when the daemon has gone."""
    stopped: list[subprocess.CompletedProcess[str]] = []
    with running_gateway(site) as gateway:
        events, whole = _end_under_stream(
            gateway, engine, lambda: stopped.append(site.portico("down", "--timeout", "0.5"))
        )
        assert gateway.process.wait(5) == 0
    assert stopped[0].returncode == 0, stopped[0].stderr
    assert not whole
    assert 0 < events < CHUNKS


def test_what_a_killed_daemon_leaves_is_cleaned_up(site: Site) -> None:
    """Envoy outlives a daemon killed with -9 and serves on; the next `up` ends it and takes over, sockets and all."""
    with running_gateway(site) as first:
        envoy = site.pid("envoy")
        first.process.kill()
        first.process.wait()
        assert chat(site, "quick").status_code == 200
        assert site.portico("status").returncode == 5
        with running_gateway(site) as second:
            assert f"ended envoy (pid {envoy}), left behind" in second.said()
            assert identify(envoy) is None
            assert site.pid("envoy") != envoy
            assert site.status()["generation"] == 2
            assert chat(site, "quick").status_code == 200


def test_logs_have_the_level_and_size_of_the_configuration(site: Site) -> None:
    """Envoy writes at the configured level, and no file of its log or the daemon's outgrows the configured size."""
    gateway_file = site.folder / "config" / "gateway.yaml"
    data = json.loads(gateway_file.read_text(encoding="utf-8"))
    gateway_file.write_text(
        json.dumps({**data, "log": {"level": "debug", "max_size": "40kB", "keep": 2}}), encoding="utf-8"
    )
    logs = site.state / "logs"
    with running_gateway(site):
        wait_until((logs / "envoy.log.2").exists, 20)
    for path in logs.iterdir():
        # A single line of Envoy's may be longer than the file: it is kept whole, alone.
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        assert path.stat().st_size <= 40_000 or len(lines) == 1, path
    assert not (logs / "envoy.log.3").exists()
    assert "[debug]" in (logs / "envoy.log.2").read_text(encoding="utf-8", errors="replace")


def test_in_the_background(site: Site) -> None:
    """`up --detach` returns once a request can be served, in a session of its own, and `down` stops it."""
    began = time.monotonic()
    up = site.portico("up", "--detach")
    try:
        assert up.returncode == 0, up.stderr
        assert time.monotonic() - began < 10
        assert "direct lane ready in " in up.stderr
        assert chat(site, "quick").status_code == 200
        pid = site.status()["pid"]
        assert os.getsid(pid) == pid
        assert f"pid {pid}" in up.stderr
    finally:
        down = site.portico("down")
    assert down.returncode == 0
    assert identify(pid) is None


def test_a_background_start_that_fails_says_why(site: Site) -> None:
    """The daemon's own exit code and words come out of the command that started it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        up = site.portico("up", "--detach")
    assert up.returncode == 6
    assert f"port {site.port} is taken by pid {os.getpid()}" in up.stderr
    assert site.portico("status").returncode == 5


def test_a_rejected_configuration_starts_nothing(site: Site) -> None:
    """Exit 3 with the diagnostic; no state directory appears."""
    mappings = site.folder / "config" / "model-mappings.yaml"
    mappings.write_text(
        mappings.read_text(encoding="utf-8").replace('"scripted"', '"scriptd"'), encoding="utf-8"
    )
    up = site.portico("up")
    assert up.returncode == 3
    assert "error[unknown-provider]" in up.stderr
    assert not site.state.exists()


def test_a_missing_secret_starts_nothing(site: Site) -> None:
    """A key that the environment does not hold is an error at `up`."""
    providers = site.folder / "config" / "providers.yaml"
    text = providers.read_text(encoding="utf-8")
    providers.write_text(
        text.replace('"engine":', '"api_key": "${UNSET_E2E_KEY}",\n"engine":', 1), encoding="utf-8"
    )
    up = site.portico("up")
    assert up.returncode == 3
    assert "error[missing-secret]" in up.stderr
    assert not site.state.exists()
