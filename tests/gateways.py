"""Whole gateways for tests: the real command, real Envoy, real LiteLLM, on free ports and in a folder of their own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from portico.leftovers import end_leftovers
from portico.ports import free_port
from portico.state import StateDirectory

Data = dict[str, Any]

SECONDS_TO_STOP = 40.0


@dataclass(frozen=True)
class Site:
    """A folder with a configuration on free ports, and room for a state directory."""

    folder: Path
    port: int
    control_port: int
    environment: Mapping[str, str]

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.folder / "state"

    @property
    def url(self) -> str:
        """What clients use as base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def control_url(self) -> str:
        """The control API's port."""
        return f"http://127.0.0.1:{self.control_port}"

    def command(self, *arguments: str) -> list[str]:
        """A command line of `portico`; `up` gets its configuration here."""
        config = ["--config", str(self.folder / "config")] if arguments[0] == "up" else []
        return [sys.executable, "-Im", "portico", *arguments, *config, "--state", str(self.state)]

    def portico(self, *arguments: str, seconds: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=dict(self.environment),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def status(self) -> Data:
        """What `portico status --json` prints. AssertionError when nothing runs."""
        shown = self.portico("status", "--json")
        assert shown.returncode == 0, shown.stderr
        found: Data = json.loads(shown.stdout)
        return found

    def observed(self) -> Data:
        """The same from the control port, without starting a program for it."""
        found: Data = (
            httpx.get(f"{self.control_url}/gateway/status", trust_env=False).raise_for_status().json()
        )
        return found

    def pid(self, process: str) -> int:
        """The process id of a process by its name in the status; AssertionError while it does not run."""
        pid = {entry["name"]: entry["pid"] for entry in self.observed()["processes"]}[process]
        assert isinstance(pid, int), f"{process} does not run"
        return pid

    def lane(self, name: str) -> str:
        """The state of a lane."""
        state: str = {entry["name"]: entry["state"] for entry in self.observed()["lanes"]}[name]
        return state


@dataclass(frozen=True)
class Gateway:
    """A running `portico up` in the foreground; `words` is what it said."""

    site: Site
    process: "subprocess.Popen[bytes]"
    words: Path

    def said(self) -> str:
        """What it said so far."""
        return self.words.read_text(encoding="utf-8")


def make_site(
    folder: Path,
    *,
    providers: Data,
    mappings: Data,
    gateway: Data | None = None,
    environment: Mapping[str, str] | None = None,
) -> Site:
    """Write a configuration. `providers`, `mappings` and `gateway` are the files' data without `version`, listener and control."""
    port, control_port = free_port(), free_port()
    ours = {"version": 1, "listen": {"port": port}, "control": {"port": control_port}}
    (folder / "config").mkdir(parents=True)
    for name, data in (
        ("providers.yaml", {"version": 1, "providers": providers}),
        ("model-mappings.yaml", {"version": 1, **mappings}),
        ("gateway.yaml", {**ours, **(gateway or {})}),
    ):
        # JSON is YAML.
        (folder / "config" / name).write_text(json.dumps(data, indent=1), encoding="utf-8")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "PORTICO_LITELLM") if name in os.environ}
    return Site(folder, port, control_port, {**inherited, **(environment or {})})


def _heed_hangups() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def running_gateway(site: Site, *arguments: str) -> Iterator[Gateway]:
    """`portico up` until the `with` is left, its direct lane serving. What it and its processes said is added to errors."""
    words = site.folder / "words.txt"
    with words.open("wb") as file:
        process = subprocess.Popen(
            site.command("up", *arguments),
            env=dict(site.environment),
            cwd=site.folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Tests that run under nohup would hand it on, and a signal that is ignored at the start stays ignored.
            preexec_fn=_heed_hangups,  # noqa: PLW1509 (it takes no lock)
        )
    gateway = Gateway(site, process, words)
    try:
        wait_until(lambda: process.poll() is not None or "direct lane ready" in gateway.said(), 60)
        assert process.poll() is None, "the gateway ended"
        yield gateway
    except BaseException as error:
        error.add_note(f"--- portico up said ---\n{gateway.said()}")
        for log in sorted((site.state / "logs").glob("*.log")):
            error.add_note(f"--- end of {log.name} ---\n{log.read_text(errors='replace')[-3000:]}")
        raise
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # Only a daemon that was killed leaves any.
        end_leftovers(StateDirectory(site.state).processes)


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    """Returns once the condition holds; AssertionError when it still does not after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


def chat(site: Site, model: str, text: str = "Hello", **more: Any) -> httpx.Response:
    """One chat completion, not streamed, whatever its status."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 8, **more}
    return httpx.post(f"{site.url}/v1/chat/completions", json=body, timeout=60, trust_env=False)


def streamed(site: Site, model: str, **more: Any) -> list[Data]:
    """The chunks of a streamed chat completion, which has to end as OpenAI's do."""
    body = {
        "model": model,
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 8,
        "stream": True,
        **more,
    }
    with httpx.stream(
        "POST", f"{site.url}/v1/chat/completions", json=body, timeout=60, trust_env=False
    ) as response:
        lines = [line for line in response.iter_lines() if line]
        assert response.status_code == 200, lines
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]
