"""`portico doctor` finds what is wrong, with real ports, files and programs."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.cli.conftest import Project
from tests.engines.lifecycle import free_port


@contextmanager
def _listening() -> Iterator[int]:
    """A port that somebody else holds."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def quiet(project: Project) -> Project:
    """The project on ports that are free at this moment."""
    gateway = f"version: 1\nlisten: {{port: {free_port()}}}\ncontrol: {{port: {free_port()}}}\n"
    (project.directory / "config" / "gateway.yaml").write_text(gateway)
    return project


def _examine(
    project: Project, *arguments: str, **environment: str
) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
    """Exit code, and what was found by area and name."""
    result = project.run("doctor", "--json", *arguments, environment=environment)
    data = json.loads(result.stdout)
    items = {(item["area"], item["name"]): item for item in data["items"]}
    assert data["problems"] == sum(item["state"] == "problem" for item in items.values())
    assert (result.code == 3) == (data["problems"] > 0)
    return result.code, items


def _with_service(project: Project, text: str) -> None:
    ports = f"version: 1\nservices:\n  one: {{{text}}}\n"
    (project.directory / "config" / "ports.yaml").write_text(ports)


def test_a_healthy_machine(quiet: Project) -> None:
    """Programs are found with their versions, ports are free, secrets are there: nothing to fix."""
    code, items = _examine(quiet)
    assert code == 0
    assert items["programs", "envoy"]["message"].startswith("1.40.0 (")
    assert items["programs", "litellm"]["message"].startswith("1.")
    assert items["secrets", "${SNAPSHOT_KEY}"]["state"] == "ok"
    assert items["ports", "gateway"]["message"].endswith("is free")
    assert items["state", "gateway"]["state"] == "note"
    assert not (quiet.directory / ".portico").exists(), "doctor changes nothing"


def test_it_reads_as_text(quiet: Project) -> None:
    """The table goes to stdout, problems with their hints to stderr."""
    result = quiet.run("doctor", environment={"SNAPSHOT_KEY": ""})
    assert result.code == 3
    assert result.stdout.startswith("AREA ")
    assert (
        "error: secrets, ${SNAPSHOT_KEY}: has no value\nhint: set it where `portico up` runs\n"
        in result.stderr
    )
    assert result.stderr.endswith("1 problem\n")


def test_a_port_of_somebody_else_is_a_problem(quiet: Project) -> None:
    """The holder of the port is named."""
    with _listening() as port:
        (quiet.directory / "config" / "gateway.yaml").write_text(f"version: 1\nlisten: {{port: {port}}}\n")
        _, items = _examine(quiet)
    assert items["ports", "gateway"]["state"] == "problem"
    assert f"port {port} is taken by pid " in items["ports", "gateway"]["message"]


def test_a_rejected_configuration_is_a_problem(quiet: Project) -> None:
    """What does not need the configuration is still looked at."""
    quiet.replace("model-mappings.yaml", "provider: gpu,", "provider: gpus,")
    code, items = _examine(quiet)
    assert code == 3
    assert items["configuration", "files"]["state"] == "problem"
    assert items["programs", "envoy"]["state"] == "ok"


def test_a_missing_program_is_a_problem(quiet: Project) -> None:
    """A LiteLLM that cannot be executed is named; without workers nobody needs one."""
    _, items = _examine(quiet, PORTICO_LITELLM="/nowhere/litellm")
    assert items["programs", "litellm"]["state"] == "problem"
    assert "/nowhere/litellm" in items["programs", "litellm"]["message"]
    quiet.replace(
        "providers.yaml", "engine: openai", "engine: vllm\n    endpoints: ['http://127.0.0.1:28004']"
    )
    with (quiet.directory / "config" / "gateway.yaml").open("a") as gateway:
        gateway.write("litellm: {workers: 0}\n")
    code, items = _examine(quiet, PORTICO_LITELLM="/nowhere/litellm")
    assert (code, items["programs", "litellm"]["state"]) == (0, "note")


def test_a_state_directory_that_others_enter_is_a_problem(quiet: Project) -> None:
    """Resolved secrets are below `run`, so it has to be ours alone."""
    run = quiet.directory / ".portico" / "run"
    run.mkdir(parents=True)
    run.chmod(0o755)
    _, items = _examine(quiet)
    assert items["state", "directory"]["state"] == "problem"
    assert items["state", "directory"]["hint"] == "chmod 700 .portico/run"
    run.chmod(0o700)
    assert _examine(quiet)[1]["state", "directory"]["state"] == "ok"


def test_a_path_too_long_for_sockets_is_a_problem(quiet: Project) -> None:
    """Unix sockets have short paths; better to hear of it here than from Envoy."""
    _, items = _examine(quiet, "--state", "s" * 120)
    assert items["state", "directory"]["state"] == "problem"
    assert "too long" in items["state", "directory"]["message"]


def test_an_own_model_that_is_not_there_is_a_problem(quiet: Project) -> None:
    """The GGUF of the embedded engine is looked for where gateway.yaml says."""
    quiet.replace(
        "providers.yaml", "  spare:\n    engine: tgi\n    status: disabled", "  spare:\n    engine: llamacpp"
    )
    quiet.replace(
        "model-mappings.yaml", "aliases:", "  spare: {targets: [{provider: spare, model: spare}]}\naliases:"
    )
    with (quiet.directory / "config" / "gateway.yaml").open("a") as gateway:
        gateway.write("embedded: {provider: spare, model_file: nowhere.gguf}\n")
    _, items = _examine(quiet)
    assert items["configuration", "embedded model"]["state"] == "problem"
    (quiet.directory / "config" / "nowhere.gguf").write_bytes(b"GGUF")
    assert _examine(quiet)[1]["configuration", "embedded model"]["state"] == "ok"


@pytest.mark.parametrize(("required", "state"), [("true", "problem"), ("false", "note")])
def test_a_silent_service_is_a_problem_if_it_is_required(required: str, state: str, quiet: Project) -> None:
    """Nothing answers on a free port, over TCP and over HTTP."""
    port = free_port()
    for protocol in ("protocol: tcp", "protocol: http, health: /health"):
        _with_service(quiet, f"port: {port}, required: {required}, {protocol}")
        _, items = _examine(quiet)
        assert items["services", f"one ({port})"]["state"] == state


def test_a_service_is_shown_with_its_description(quiet: Project) -> None:
    """So that a reader knows what is missing."""
    port = free_port()
    _with_service(quiet, f"port: {port}, description: The cache")
    assert _examine(quiet)[1]["services", f"one ({port})"]["message"] == "The cache: connection refused"


def test_a_service_that_accepts_connections_is_well(quiet: Project) -> None:
    """Over TCP a connection is enough; over HTTP an answer has to come."""
    with _listening() as port:
        _with_service(quiet, f"port: {port}, required: true, protocol: tcp")
        assert _examine(quiet)[1]["services", f"one ({port})"]["state"] == "ok"
        _with_service(quiet, f"port: {port}, required: true, protocol: http, health: /health")
        found = _examine(quiet)[1]["services", f"one ({port})"]
        assert (found["state"], found["message"]) == ("problem", "no answer within 2 s")
