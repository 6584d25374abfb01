"""`portico providers --probe` against a real llama.cpp."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Project
from tests.engines.lifecycle import free_port
from tests.engines.processes import start_llamacpp


def _write(project: Project, url: str, more: str = "") -> None:
    (project.directory / "config" / "providers.yaml").write_text(
        f"version: 1\nproviders:\n  one:\n    engine: llamacpp\n    endpoints: ['{url}']\n{more}    models: {{tiny: {{}}}}\n"
    )
    mappings = "version: 1\nmodels:\n  tiny: {targets: [{provider: one, model: tiny}]}\n"
    (project.directory / "config" / "model-mappings.yaml").write_text(mappings)


def _probe(project: Project, **environment: str) -> dict[str, Any]:
    result = project.run("providers", "--probe", "--json", environment=environment)
    assert result.code == 0
    [provider] = json.loads(result.stdout)["providers"]
    [probe] = provider["probes"]
    found: dict[str, Any] = probe
    return found


def test_an_engine_that_answers(project: Project) -> None:
    """Health, latency, version and models of a real engine, which generates nothing for it."""
    with start_llamacpp(alias="tiny") as engine:
        _write(project, engine.url)
        probe = _probe(project)
        shown = project.run("providers", "--probe").stdout
    assert (probe["answer"], probe["detail"]) == ("healthy", "GET /health: 200")
    assert probe["models"] == ["tiny"]
    assert probe["version"]
    assert 0 < probe["latency_ms"] < 2000
    assert "healthy" in shown


def test_a_key_is_sent_and_never_shown(project: Project) -> None:
    """llama.cpp tells its models only to who has the key; without it the health path still answers."""
    with start_llamacpp(alias="tiny", api_key="open sesame") as engine:
        _write(project, engine.url, "    api_key: ${PROBE_KEY}\n")
        assert _probe(project, PROBE_KEY="open sesame")["models"] == ["tiny"]
        without = _probe(project)
        shown = project.run("providers", "--probe", environment={"PROBE_KEY": "open sesame"})
    assert (without["answer"], without["models"]) == ("healthy", None)
    assert "sesame" not in shown.stdout + shown.stderr


def test_an_unhealthy_answer_is_told(project: Project) -> None:
    """Another status than 200 is unhealthy, and which one is told."""
    with start_llamacpp(alias="tiny") as engine:
        _write(project, engine.url, "    health: {path: /nothing-here}\n")
        probe = _probe(project)
    assert (probe["answer"], probe["detail"]) == ("unhealthy", "GET /nothing-here: 404")


@pytest.mark.parametrize("path", ["", "/prefix"])
def test_nobody_there(path: str, project: Project) -> None:
    """An engine that is not running is unreachable, not an error of the command."""
    _write(project, f"http://127.0.0.1:{free_port()}{path}")
    probe = _probe(project)
    assert (probe["answer"], probe["detail"], probe["latency_ms"]) == (
        "unreachable",
        "connection refused",
        None,
    )
