"""Whole commands: exit code, stdout and stderr, word for word."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import SNAPSHOTS, Project, Result

Snapshot = Callable[[str, Result], None]

PLAIN = {
    "version": ["--version"],
    "help": ["--help"],
    "no-command": [],
    "unknown-command": ["serve"],
    "unknown-option": ["validate", "--strikt"],
    "validate": ["validate"],
    "validate-elsewhere": ["validate", "--config", "nowhere"],
    "explain-model": ["explain", "big"],
    "explain-alias": ["explain", "chat", "--path", "/v1/messages"],
    "explain-pattern": ["explain", "laptop/phi3", "--path", "chat/completions"],
    "explain-unknown": ["explain", "Bgi"],
    "explain-json": ["explain", "small", "--path", "/v1/embeddings", "--json"],
    "explain-no-such-api": ["explain", "big", "--path", "/v1/audio"],
    "models": ["models"],
    "models-json": ["models", "--json"],
    "providers": ["providers"],
    "providers-json": ["providers", "--json"],
    "plan-first-start": ["plan"],
    "plan-first-start-json": ["plan", "--json"],
    "generate": ["generate"],
    "generate-check-nothing-there": ["generate", "--check"],
    "schema": ["schema"],
    "schema-check-nothing-there": ["schema", "--check"],
    "schema-check-and-print": ["schema", "--check", "--print", "ports"],
    "status-nothing-runs": ["status"],
    "down-nothing-runs": ["down"],
    "completion-unknown-shell": ["completion", "tcsh"],
}

BROKEN = {
    "unknown-provider": ("model-mappings.yaml", "provider: gpu,", "provider: gpus,"),
    "not-yaml": ("gateway.yaml", "{port: 28000}", "{port: 28000"),
    "wrong-type": ("gateway.yaml", "28000", '"28000"'),
    "secret-inline": ("providers.yaml", "${SNAPSHOT_KEY}", "sk-proj-1234567890abcdefghij"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_command_says_this(name: str, project: Project, snapshot: Snapshot) -> None:
    """A command in a fresh project ends with this exit code and says exactly this."""
    snapshot(name, project.run(*PLAIN[name]))


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("command", ["validate", "models"])
def test_a_rejected_configuration_is_told(
    name: str, command: str, project: Project, snapshot: Snapshot
) -> None:
    """`validate` prints diagnostics as data; every other command tells them and does nothing."""
    project.replace(*BROKEN[name])
    result = project.run(command)
    assert result.code == 3
    snapshot(f"{command}-{name}", result)
    assert "1234567890abcdefghij" not in result.stdout + result.stderr


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_diagnostics_have_formats_for_programs(form: str, project: Project, snapshot: Snapshot) -> None:
    """The same diagnostics, as other programs read them, on stdout alone."""
    project.replace(*BROKEN["unknown-provider"])
    result = project.run("validate", "--format", form)
    assert (result.code, result.stderr) == (3, "")
    snapshot(f"validate-{form}", result)


def test_warnings_pass_unless_strict(project: Project, snapshot: Snapshot) -> None:
    """A warning is told and does not reject; with --strict the same place is an error."""
    without = {"SNAPSHOT_KEY": ""}
    snapshot("validate-warning", project.run("validate", environment=without))
    snapshot("validate-warning-strict", project.run("validate", "--strict", environment=without))
    told = project.run("generate", environment=without)
    assert told.code == 0
    assert "warning[missing-secret]" in told.stderr


def test_every_snapshot_belongs_to_a_test() -> None:
    """A file that no test reads would say anything."""
    known = {*PLAIN, "validate-warning", "validate-warning-strict"}
    known |= {f"{command}-{name}" for name in BROKEN for command in ("validate", "models")}
    known |= {f"validate-{form}" for form in ("json", "github", "sarif")}
    known |= {"generate-drift", "plan-change", "plan-change-json", "schema-drift"}
    assert {path.stem for path in SNAPSHOTS.glob("*")} == known
