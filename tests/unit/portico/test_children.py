"""What the processes are run with, and the files that Envoy reads."""

import asyncio
import json
import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from generator.topology import Embedded, Endpoint, Secret, Topology
from portico import envoy, litellm
from portico.binaries import envoy_program, litellm_program, litellm_version
from portico.embedded import TINY_MODEL, launch
from portico.errors import CannotStart
from portico.ports import free_port
from portico.secrets import SecretValue
from portico.state import StateDirectory
from schemas.diagnostics import DocumentKind
from tests.configs import Accepted, accept, sources_of

MASTER = SecretValue("sk-master-of-the-test")


def _accepted(address: str = "http://127.0.0.1:9001", start: str = "auto") -> Accepted:
    provider = {
        "engine": "vllm",
        "endpoints": [address],
        "api_key": "${SOME_KEY}",
        "headers": {"X-Extra": "file:extra", "x-plain": "plain"},
        "models": {"a": {}},
    }
    own = {"engine": "llamacpp", "endpoints": ["http://127.0.0.1:9009"], "models": {"tiny": {}}}
    return accept(
        sources_of(
            {
                DocumentKind.PROVIDERS: {"version": 1, "providers": {"one": provider, "own": own}},
                DocumentKind.MAPPINGS: {
                    "version": 1,
                    "models": {"m": {"targets": [{"provider": "one", "model": "a"}]}},
                },
                DocumentKind.GATEWAY: {"version": 1, "embedded": {"start": start, "provider": "own"}},
            }
        )
    )


VALUES = {
    Secret(environment="SOME_KEY"): SecretValue("value-of-key"),
    Secret(file="extra"): SecretValue("value-of-extra"),
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Envoy's working directory."""
    state = StateDirectory(tmp_path / "s")
    state.prepare()
    return state.envoy


def test_live_files_are_replaced_in_an_order_that_never_dangles(directory: Path) -> None:
    """Endpoints before clusters before routes before listeners; what did not change is left alone, what is gone is removed."""
    files = envoy.live_files(_accepted().release.artifacts)
    written = envoy.put_live_files(directory, files)
    assert set(written) == set(files)
    stages = [
        next(i for i, beginning in enumerate(envoy.ORDER) if path.startswith(beginning)) for path in written
    ]
    assert stages == sorted(stages)
    assert set(stages) == set(range(len(envoy.ORDER)))
    assert envoy.put_live_files(directory, files) == ()
    (directory / "xds/rds.json").write_bytes(b"{}")
    (directory / "xds/eds/gone.json").write_bytes(b"{}")
    assert envoy.put_live_files(directory, files) == ("xds/rds.json",)
    assert not (directory / "xds/eds/gone.json").exists()


def test_secrets_are_files_of_their_own(directory: Path) -> None:
    """A key becomes a bearer token, a header's value stays as it is; files are 0600 and go with their provider."""
    (directory / "secrets" / "gone.json").write_bytes(b"{}")
    envoy.put_secrets(directory, _accepted().topology, VALUES, MASTER)
    files = {path.name: path for path in (directory / "secrets").iterdir()}
    found = {}
    for name, path in files.items():
        assert path.stat().st_mode & 0o777 == 0o600
        (resource,) = json.loads(path.read_bytes())["resources"]
        assert name == f"{resource['name']}.json"
        found[resource["name"]] = resource["generic_secret"]["secret"]["inline_string"]
    assert found == {
        "one": "Bearer value-of-key",
        "one.x-extra": "value-of-extra",
        "litellm": f"Bearer {MASTER.reveal()}",
    }
    envoy.clear(directory)
    assert list((directory / "secrets").iterdir()) == []


def test_every_secret_a_cluster_names_is_written(directory: Path) -> None:
    """Envoy waits for a secret that never comes, so the files cover all that the release refers to."""
    accepted = _accepted()
    envoy.put_secrets(directory, accepted.topology, VALUES, MASTER)
    text = accepted.release.artifacts["envoy/xds/cds.json"].decode()
    named = {part.split('"')[0] for part in text.split('"path":"')[1:] if part.startswith("secrets/")}
    assert named == {f"secrets/{path.name}" for path in (directory / "secrets").iterdir()}


def test_envoy_itself_refuses_what_it_cannot_read() -> None:
    """The release of a checked configuration passes; one that was damaged is refused in Envoy's words."""
    artifacts = dict(_accepted().release.artifacts)
    envoy.validate(envoy_program(), artifacts)
    artifacts["envoy/xds/cds.json"] = artifacts["envoy/xds/cds.json"].replace(
        b"LEAST_REQUEST", b"MOST_REQUEST"
    )
    with pytest.raises(CannotStart, match="MOST_REQUEST"):
        envoy.validate(envoy_program(), artifacts)


def test_a_worker_gets_its_secrets_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets of the configuration by the names it uses; no key of the surrounding environment, no secret in argv."""
    monkeypatch.setenv("OPENAI_API_KEY", "a key that LiteLLM would send to local engines")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "internal.example")
    topology = _accepted("http://gpu.local:9001").topology
    environment = litellm.environment(topology, VALUES, MASTER, tmp_path)
    assert "OPENAI_API_KEY" not in environment
    assert environment["SOME_KEY"] == "value-of-key"
    assert environment[Secret(file="extra").variable] == "value-of-extra"
    assert environment["AWS_REGION"] == "eu-central-1"
    assert environment["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert environment["NO_PROXY"].split(",") == [
        "internal.example",
        "localhost",
        "127.0.0.1",
        "::1",
        "127.0.0.1",
        "gpu.local",
    ]
    assert environment["HOME"] == str(tmp_path)
    command = litellm.command(Path("/bin/litellm"), tmp_path, environment)
    shown = repr(command) + " ".join(command.argv)
    assert not any(secret in shown for secret in ("value-of-key", "value-of-extra", MASTER.reveal()))
    assert str(command.port) in command.argv


@pytest.mark.parametrize(
    ("level", "litellms"), [("debug", "INFO"), ("info", "ERROR"), ("warning", "ERROR"), ("error", "CRITICAL")]
)
def test_the_log_level_reaches_envoy_and_litellm(level: str, litellms: str, directory: Path) -> None:
    """Envoy has the same levels; LiteLLM never gets the one at which it writes prompts."""
    argv = envoy.command(envoy_program(), directory, port=4000, level=level).argv
    assert argv[argv.index("--log-level") + 1] == level
    topology = _accepted().topology
    topology = replace(topology, logs=replace(topology.logs, level=level))
    assert litellm.environment(topology, VALUES, MASTER, directory)["LITELLM_LOG"] == litellms


def test_ambient_credentials_are_found_in_the_users_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker has a home of its own, and still finds what a cloud's tool left in the user's; a set variable wins."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    environment = litellm.environment(_accepted().topology, VALUES, MASTER, tmp_path / "worker")
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == str(tmp_path / ".aws" / "credentials")
    assert "AWS_CONFIG_FILE" not in environment
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/elsewhere")
    environment = litellm.environment(_accepted().topology, VALUES, MASTER, tmp_path / "worker")
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == "/elsewhere"


def _endpoint(port: int, host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(tls=False, host=host, port=port, prefix="")


def test_reachable_means_a_connection() -> None:
    """One engine that accepts is enough; dead ports, names that do not resolve and silence are none, within the time."""
    dead = [_endpoint(free_port()), _endpoint(80, "no-such-host.invalid"), _endpoint(80, "192.0.2.1")]
    assert not asyncio.run(launch.any_reachable(dead))
    with socket.socket() as engine:
        engine.bind(("127.0.0.1", 0))
        engine.listen()
        assert asyncio.run(launch.any_reachable([*dead, _endpoint(engine.getsockname()[1])]))


@pytest.mark.parametrize(
    ("start", "engine_runs", "needed"),
    [
        ("auto", True, False),
        ("auto", False, True),
        ("always", True, True),
        ("always", False, True),
        ("never", False, False),
    ],
)
def test_when_the_embedded_engine_is_needed(*, start: str, engine_runs: bool, needed: bool) -> None:
    """auto: only when nothing that is configured answers. The other two: what they say."""
    with socket.socket() as engine:
        engine.bind(("127.0.0.1", 0))
        if engine_runs:
            engine.listen()
        topology: Topology = _accepted(f"http://127.0.0.1:{engine.getsockname()[1]}", start).topology
        assert asyncio.run(launch.is_needed(topology)) is needed


def test_the_embedded_engine_serves_ones_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative model file is meant from the configuration directory, `~` is the user's home; none is the tiny model."""

    def embedded(model_file: str | None) -> Embedded:
        return Embedded("auto", "own", 9009, "127.0.0.1", "tiny", model_file, 2048)

    monkeypatch.setenv("HOME", "/home/somebody")
    assert launch.model_path(embedded(None), tmp_path) == TINY_MODEL
    assert launch.model_path(embedded("x.gguf"), tmp_path) == tmp_path / "x.gguf"
    assert launch.model_path(embedded("/models/x.gguf"), tmp_path) == Path("/models/x.gguf")
    assert launch.model_path(embedded("~/x.gguf"), tmp_path) == Path("/home/somebody/x.gguf")
    argv = launch.command(embedded("x.gguf"), tmp_path).argv
    assert argv[argv.index("--alias") + 1] == "tiny"
    assert argv[argv.index("--ctx-size") + 1] == "2048"


def test_programs_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Envoy's own binary, not the script of the same name; LiteLLM where PORTICO_LITELLM says, or not at all."""
    assert envoy_program().read_bytes()[:4] in {b"\x7fELF", b"\xcf\xfa\xed\xfe"}
    version = litellm_version(litellm_program())
    assert version is not None
    assert version[0].isdigit()
    chosen = tmp_path / "litellm"
    monkeypatch.setenv("PORTICO_LITELLM", str(chosen))
    with pytest.raises(CannotStart, match="cannot be executed"):
        litellm_program()
    chosen.write_text("#!/bin/sh\n", encoding="utf-8")
    chosen.chmod(0o700)
    assert litellm_program() == chosen
    assert os.access(chosen, os.X_OK)


def test_workers_are_endpoints_while_they_are_ready(directory: Path) -> None:
    """Ready workers are in the file, none leaves the answer that LiteLLM is not ready, and equal files are not written twice."""
    envoy.put_live_files(directory, envoy.live_files(_accepted().release.artifacts))
    file = directory / "xds/eds/litellm.json"
    envoy.put_worker_endpoints(directory, (1001, 1002))
    text = file.read_text(encoding="utf-8")
    assert all(port in text for port in ('"port_value":1001', '"port_value":1002'))
    before = file.stat().st_ino
    envoy.put_worker_endpoints(directory, (1001, 1002))
    assert file.stat().st_ino == before
    envoy.put_worker_endpoints(directory, ())
    assert "port_value" not in file.read_text(encoding="utf-8")
