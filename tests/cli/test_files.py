"""What `generate`, `schema` and `plan` do to files, and what they say when files are others."""

import json
from collections.abc import Callable
from pathlib import Path

from generator.release import seal
from portico.build import build
from portico.state import StateDirectory
from portico.store import Store
from tests.cli.conftest import Project, Result

Snapshot = Callable[[str, Result], None]


def _tree(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def test_generate_writes_a_release(project: Project) -> None:
    """The files are those of the release, and writing them again changes nothing."""
    assert project.run("generate").code == 0
    assert _tree(project.directory / "generated") == dict(
        build(project.directory / "config").release.artifacts
    )
    assert project.run("generate", "--check").code == 0
    assert project.run("generate").code == 0


def test_generate_check_lists_every_kind_of_drift(project: Project, snapshot: Snapshot) -> None:
    """A changed, a missing and a left-over file are listed and nothing is written; writing mends all three."""
    project.run("generate")
    out = project.directory / "generated"
    (out / "envoy/bootstrap.json").write_text("{}")
    (out / "litellm/config.yaml").unlink()
    (out / "envoy/xds/eds/old.json").write_text("{}")
    before = _tree(out)
    snapshot("generate-drift", project.run("generate", "--check"))
    assert _tree(out) == before
    assert project.run("generate").code == 0
    assert project.run("generate", "--check").code == 0


def test_generate_leaves_other_directories_alone(project: Project) -> None:
    """A directory with anything else in it is refused, before anything is written."""
    out = project.directory / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("keep")
    result = project.run("generate", "--out", "mine")
    assert result.code == 3
    assert "notes.txt" in result.stderr
    assert _tree(out) == {"notes.txt": b"keep"}
    project.run("generate", "--out", "ours")
    (project.directory / "ours" / "notes.txt").write_text("keep")
    project.replace("gateway.yaml", "28000", "28010")
    before = _tree(project.directory / "ours")
    assert project.run("generate", "--out", "ours").code == 3
    assert _tree(project.directory / "ours") == before


def test_schema_check_names_what_is_out_of_step(project: Project, snapshot: Snapshot) -> None:
    """Only the file that differs is named, nothing is written, and `schema` mends it."""
    project.run("schema")
    path = project.directory / "config" / "ports.schema.json"
    path.write_text("{}")
    snapshot("schema-drift", project.run("schema", "--check"))
    assert path.read_text() == "{}"
    project.run("schema")
    assert project.run("schema", "--check").code == 0


def test_schema_prints_what_it_writes(project: Project) -> None:
    """What is printed is what is written, as JSON."""
    project.run("schema")
    written = (project.directory / "config" / "gateway.schema.json").read_text(encoding="utf-8")
    printed = project.run("schema", "--print", "gateway").stdout
    assert json.loads(printed)["properties"]["listen"]
    assert printed == written


def _apply(project: Project) -> str:
    """Store the project's release as the last one that was applied."""
    state = StateDirectory(project.directory / ".portico")
    state.prepare()
    built = build(project.directory / "config")
    store = Store(state)
    store.write(built.release, sources=built.checked.sources, versions={})
    store.set_current(built.release.id)
    return built.release.id


def test_plan_without_a_difference(project: Project) -> None:
    """Against the same release there are no changes, and --exit-code says 0."""
    identity = _apply(project)
    result = project.run("plan", "--exit-code")
    assert (result.code, result.stdout) == (0, "no changes\n")
    assert f"release {identity}, which ran last, against {identity}" in result.stderr


def test_plan_tells_what_would_change(project: Project, snapshot: Snapshot) -> None:
    """Changes are listed against the last release, as text and as data; only --exit-code makes them an exit code."""
    identity = _apply(project)
    project.replace("gateway.yaml", "28000", "28010")
    project.replace("model-mappings.yaml", "weight: 3", "weight: 5")
    project.replace("model-mappings.yaml", "  chat: big", "  talk: big")
    snapshot("plan-change", project.run("plan"))
    snapshot("plan-change-json", project.run("plan", "--json"))
    assert json.loads(project.run("plan", "--json").stdout)["from"] == identity
    assert project.run("plan", "--exit-code").code == 4


def test_plan_refuses_a_damaged_release(project: Project) -> None:
    """A release whose files were changed is not compared with; the message says which."""
    identity = _apply(project)
    (project.directory / ".portico/releases" / identity / "topology.json").write_text("{}")
    result = project.run("plan")
    assert result.code == 3
    assert f"release {identity} is damaged" in result.stderr
    assert "Traceback" not in result.stderr


def test_plan_refuses_the_release_of_another_version(project: Project) -> None:
    """A release that is whole but written in another form is said to be just that."""
    _apply(project)
    state = StateDirectory(project.directory / ".portico")
    release = seal({"topology.json": b'{"format": 0}', "envoy/bootstrap.json": b"{}"})
    store = Store(state)
    store.write(release, sources=(), versions={})
    store.set_current(release.id)
    result = project.run("plan")
    assert result.code == 3
    assert f"release {release.id} was made by another version of Portico" in result.stderr
