"""The engines that tests start do what tests rely on: life cycle, keep_alive, counters, scripts, received bytes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import ollama
import psutil
import pytest

from tests.engines import scripted_control
from tests.engines.lifecycle import Engine, EngineFailed
from tests.engines.processes import TINY_GGUF, start_llamacpp, start_ollama_double, start_scripted_engine

PING = {"role": "user", "content": "ping"}


@pytest.fixture(scope="module")
def double() -> Iterator[Engine]:
    """An Ollama double that can pull."""
    with start_ollama_double(pull_source=TINY_GGUF) as engine:
        yield engine


@pytest.fixture
def client(double: Engine) -> Iterator[ollama.Client]:
    """The official Ollama client on the double."""
    with ollama.Client(host=double.url) as client:
        yield client


@pytest.fixture(scope="module")
def shared_scripted() -> Iterator[Engine]:
    """One scripted engine for the module."""
    with start_scripted_engine() as engine:
        yield engine


@pytest.fixture
def scripted(shared_scripted: Engine) -> Engine:
    """The scripted engine without a script and without memories."""
    scripted_control.clear_script(shared_scripted)
    scripted_control.clear_received(shared_scripted)
    return shared_scripted


def counters(double: Engine) -> dict[str, Any]:
    """The double's counters."""
    answer: dict[str, Any] = httpx.get(f"{double.url}/double/counters", trust_env=False).json()
    return answer


def chat(engine: Engine, **body: Any) -> httpx.Response:
    """A chat completion on the scripted engine."""
    url = f"{engine.url}/v1/chat/completions"
    return httpx.post(url, json={"model": "m", "messages": [PING], **body}, timeout=10, trust_env=False)


def embedded_server(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the embedded server until it ends by itself."""
    command = [sys.executable, "-m", "portico.embedded.server", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=env)


def test_embedded_server_names_what_is_wrong(tmp_path: Path, double: Engine) -> None:
    """No file, no GGUF, a taken port or a key that is not set: one line on stderr and status 1."""
    no_gguf = tmp_path / "text.gguf"
    no_gguf.write_text("hello")
    model = ("--model", str(TINY_GGUF))
    cases = {
        "cannot read the model /nowhere.gguf: No such file or directory": ("--model", "/nowhere.gguf"),
        f"{no_gguf} is not a GGUF file (it starts with b'hell')": ("--model", str(no_gguf)),
        f"cannot listen on 127.0.0.1:{double.port}: Address already in use": (
            *model,
            "--port",
            str(double.port),
        ),
        "the environment variable NOT_SET (--api-key-env) is not set": (*model, "--api-key-env", "NOT_SET"),
    }
    for message, arguments in cases.items():
        ended = embedded_server(*arguments)
        assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"error: {message}\n")


def test_embedded_server_refuses_a_broken_model(tmp_path: Path) -> None:
    """A GGUF that breaks off is refused by llama.cpp, whose own log says why, and a line of ours says so."""
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(TINY_GGUF.read_bytes()[:5000])
    ended = embedded_server("--model", str(broken), "--port", "0")
    assert ended.returncode == 1
    # llama.cpp writes its log from a thread of its own, which may come last.
    assert f"error: llama.cpp could not serve {broken}; its log says why" in ended.stderr.splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_embedded_server_ends_at_once(number: signal.Signals) -> None:
    """A signal ends the server with status 0 within two seconds, even while it streams."""
    command = [sys.executable, "-m", "portico.embedded.server", "--model", str(TINY_GGUF), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        body = {"prompt": "Tell me", "max_tokens": 2000, "ignore_eos": True, "stream": True}
        with httpx.stream("POST", f"{url}/v1/completions", json=body, trust_env=False) as stream:
            next(stream.iter_bytes())
            began = time.monotonic()
            process.send_signal(number)
            assert process.wait(10) == 0
            assert time.monotonic() - began < 2


def test_failed_start_shows_the_log(tmp_path: Path) -> None:
    """An engine that ends instead of becoming healthy raises with what it printed."""
    with (
        pytest.raises(EngineFailed, match="error: cannot read the model"),
        start_llamacpp(tmp_path / "none.gguf"),
    ):
        pass


def load_and_fail(started: list[psutil.Process]) -> None:
    """Starts a double, loads its model, puts the llama.cpp process of it into `started`, and fails."""
    with start_ollama_double() as engine:
        started.append(loaded_llamacpp(engine))
        raise RuntimeError


def loaded_llamacpp(double: Engine) -> psutil.Process:
    """Loads the double's model and returns the process that serves it."""
    httpx.post(f"{double.url}/api/generate", json={"model": "tiny"}, trust_env=False).raise_for_status()
    (process,) = psutil.Process(double.pid).children()
    return process


def test_nothing_is_left_running() -> None:
    """Leaving a double's `with` by an error ends its llama.cpp too, and the error carries the log."""
    started: list[psutil.Process] = []
    with pytest.raises(RuntimeError) as raised:
        load_and_fail(started)
    assert not started[0].is_running()
    assert "the log of ollama-double" in raised.value.__notes__[0]


def test_a_killed_engine_takes_its_children_along() -> None:
    """After kill -9 of a double, its llama.cpp ends with the `with` block."""
    with start_ollama_double() as engine:
        llamacpp = loaded_llamacpp(engine)
        os.kill(engine.pid, signal.SIGKILL)
    psutil.wait_procs([llamacpp], timeout=5)
    assert not llamacpp.is_running() or llamacpp.status() == psutil.STATUS_ZOMBIE


def test_ollama_probes_load_nothing(double: Engine, client: ollama.Client) -> None:
    """Looking at Ollama in every way there is loads no model and spends no token; the first chat does both."""
    before = counters(double)
    client.list()
    client.show("tiny")
    assert client.ps().models == []
    for path in ("/", "/api/version", "/api/tags", "/v1/models"):
        assert httpx.get(double.url + path, trust_env=False).status_code == 200
    after = counters(double)
    for cost in ("loads", "generated_tokens", "prompt_tokens"):
        assert after[cost] == before[cost]
    assert after["requests"]["/api/tags"] == before["requests"].get("/api/tags", 0) + 2
    client.chat("tiny", [PING], keep_alive=0)
    assert counters(double)["loads"]["tiny:latest"] == before["loads"].get("tiny:latest", 0) + 1
    assert counters(double)["generated_tokens"] > before["generated_tokens"]


def test_ollama_keep_alive(client: ollama.Client) -> None:
    """A model stays for its keep_alive, an empty prompt loads it, and keep_alive 0 unloads it."""
    assert client.generate("tiny", keep_alive="10m").done_reason == "load"
    assert [entry.model for entry in client.ps().models] == ["tiny:latest"]
    assert client.generate("tiny", keep_alive=0).done_reason == "unload"
    assert client.ps().models == []
    client.chat("tiny", [PING], keep_alive="300ms")
    deadline = time.monotonic() + 5
    while client.ps().models:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with pytest.raises(ollama.ResponseError, match='invalid duration "soon"'):
        client.chat("tiny", [PING], keep_alive="soon")


def test_ollama_native_chat(client: ollama.Client) -> None:
    """The official client sees text, streams, tool calls without ids, tool results, formats and embeddings."""
    cold = {"temperature": 0}
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    function = {"name": "get_weather", "description": "w", "parameters": parameters}
    tools = [{"type": "function", "function": function}]
    assert client.chat("tiny", [PING], options=cold).message.content == "pong"
    parts = list(
        client.chat("tiny", [{"role": "user", "content": "Count to ten"}], options=cold, stream=True)
    )
    assert "".join(part.message.content or "" for part in parts).endswith("nine ten")
    assert parts[-1].done
    assert parts[-1].eval_count == 11
    asked = {"role": "user", "content": "What is the weather in Paris?"}
    called = client.chat("tiny", [asked], tools=tools, options=cold).message
    assert called.tool_calls is not None
    assert called.tool_calls[0].function.arguments == {"city": "Paris"}
    result = {"role": "tool", "content": "18C sunny", "tool_name": "get_weather"}
    assert "18C" in (
        client.chat("tiny", [asked, called, result], tools=tools, options=cold).message.content or ""
    )
    assert client.generate("tiny", "ping", options=cold).response == "pong"
    assert [len(vector) for vector in client.embed("tiny", ["a", "b"]).embeddings] == [64, 64]


def test_ollama_library(client: ollama.Client) -> None:
    """Models are pulled, copied and deleted; unknown ones are 404 with Ollama's message."""
    assert [part.status for part in client.pull("new:1b", stream=True)][-1] == "success"
    client.copy("new:1b", "copied")
    assert {entry.model for entry in client.list().models} == {"tiny:latest", "new:1b", "copied:latest"}
    client.delete("new:1b")
    client.delete("copied")
    with pytest.raises(ollama.ResponseError, match="model 'new:1b' not found") as raised:
        client.chat("new:1b", [PING])
    assert raised.value.status_code == 404


def test_received_bytes_are_exact(scripted: Engine) -> None:
    """The engine shows method, raw target, header names and body bytes as they came, whatever the body is."""
    body = b'{"model" :"m","seed":12345678901234567890,\n"messages":[{"role":"user","content":"\\u00e9"}],"seed":1}'
    url = f"{scripted.url}/v1/chat/completions?a=%20b"
    httpx.post(url, content=body, headers={"X-Case": "Kept"}, trust_env=False)
    (request,) = scripted_control.received(scripted, "/v1/chat/completions")
    assert (request.method, request.query, request.body) == ("POST", "a=%20b", body)
    assert ("X-Case", "Kept") in request.headers
    assert request.outcome == "answered"


def test_bodies_to_64_mb(scripted: Engine) -> None:
    """A body just under 64 MiB is read and kept whole."""
    body = b'{"model":"m","prompt":"' + b"x" * (64 * 2**20 - 100) + b'"}'
    reply = httpx.post(
        f"{scripted.url}/v1/completions",
        content=body,
        headers={"x-script": '{"body": "ok"}'},
        timeout=60,
        trust_env=False,
    )
    assert reply.text == "ok"
    assert len(scripted_control.received(scripted)[0].body) == len(body)


def test_scripted_failures(scripted: Engine) -> None:
    """Status with headers for a number of requests, garbage, and another model untouched by the script."""
    scripted_control.script(scripted, status=429, headers={"retry-after": "3"}, times=1, model="m")
    assert chat(scripted, model="other").status_code == 200
    refused = chat(scripted)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3")
    assert refused.json()["error"]["message"] == "scripted 429"
    assert chat(scripted).status_code == 200
    scripted_control.script(scripted, body="<html>")
    assert chat(scripted).text == "<html>"
    scripted_control.script(scripted, path="/health", status=503)
    assert httpx.get(f"{scripted.url}/health", trust_env=False).status_code == 503
    with pytest.raises(ValueError, match="unknown keys: statsu"):
        scripted_control.script(scripted, statsu=500)


def test_scripted_stream_is_cut(scripted: Engine) -> None:
    """`cut_after` lets that many chunks through and then resets the connection; the chunks can be given verbatim."""
    scripted_control.script(
        scripted, chunks=["data: one\n\n", "data: two\n\n", "data: three\n\n"], cut_after=2
    )
    body = {"model": "m", "messages": [PING], "stream": True}
    got: list[bytes] = []
    url = f"{scripted.url}/v1/chat/completions"
    with httpx.stream("POST", url, json=body, trust_env=False) as reply, pytest.raises(httpx.ReadError):
        got.extend(reply.iter_bytes())
    assert b"".join(got) == b"data: one\n\ndata: two\n\n"
    assert scripted_control.received(scripted)[0].outcome == "cut"


def test_scripted_slowness(scripted: Engine) -> None:
    """`delay` holds the whole answer back, `first_chunk_delay` only the first token; a client that leaves is noticed."""
    scripted_control.script(scripted, first_chunk_delay=0.4)
    began = time.monotonic()
    with httpx.stream(
        "POST", f"{scripted.url}/v1/completions", json={"prompt": "x", "stream": True}, trust_env=False
    ) as reply:
        assert time.monotonic() - began < 0.3
        next(reply.iter_bytes())
        assert time.monotonic() - began >= 0.4
    scripted_control.script(scripted, delay=60)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{scripted.url}/v1/embeddings", json={"input": "x"}, timeout=0.2, trust_env=False)
    deadline = time.monotonic() + 5
    while scripted_control.received(scripted, "/v1/embeddings")[0].outcome != "client_gone":
        assert time.monotonic() < deadline
        time.sleep(0.02)
