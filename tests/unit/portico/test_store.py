"""Releases on disk are whole, or refused by name."""

import json
from pathlib import Path

import pytest

from generator.release import Release, seal
from generator.source import Source
from portico.errors import ReleaseDamaged
from portico.state import StateDirectory
from portico.store import Store
from schemas.diagnostics import DocumentKind

SOURCE = Source(DocumentKind.GATEWAY, "config/gateway.yaml", b"version: 1\n")
VERSIONS = {"portico": "0.1.0", "envoy": "1.40.0"}


@pytest.fixture
def state(tmp_path: Path) -> StateDirectory:
    """A prepared state directory."""
    directory = StateDirectory(tmp_path / "s")
    directory.prepare()
    return directory


@pytest.fixture
def release() -> Release:
    """Two files, one of which holds the release's own name."""
    return seal(
        {
            "envoy/xds/cds.json": b'{"version_info": "@release-id@"}',
            "litellm/config.yaml": b"model_list: []\n",
        }
    )


def test_a_release_is_read_as_it_was_written(state: StateDirectory, release: Release) -> None:
    """Bytes and manifest come back."""
    store = Store(state)
    written = store.write(release, sources=[SOURCE], versions=VERSIONS)
    assert store.read(release.id) == release
    assert store.manifest(release.id) == written
    assert written.versions == VERSIONS
    assert written.sources[0].path == "config/gateway.yaml"
    assert store.identities() == (release.id,)


@pytest.mark.parametrize("path", ["envoy/xds/cds.json", "litellm/config.yaml", "manifest.json"])
@pytest.mark.parametrize("damage", ["change", "truncate", "remove"])
def test_damage_is_found_and_named(state: StateDirectory, release: Release, path: str, damage: str) -> None:
    """Every stored file is covered, the manifest included, and the message says which one it was."""
    store = Store(state)
    store.write(release, sources=[SOURCE], versions=VERSIONS)
    file = store.path(release.id) / path
    match damage:
        case "change":
            file.write_bytes(file.read_bytes().replace(b"e", b"E", 1))
        case "truncate":
            file.write_bytes(file.read_bytes()[:5])
        case "remove":
            file.unlink()
    with pytest.raises(ReleaseDamaged, match=path.replace(".", r"\.")):
        store.read(release.id)


def test_a_forged_manifest_does_not_help(state: StateDirectory, release: Release) -> None:
    """Changing a file and its digest in the manifest together is found by the release's own name."""
    store = Store(state)
    other = seal({**release.artifacts, "litellm/config.yaml": b"model_list: [1]\n"})
    store.write(other, sources=[SOURCE], versions=VERSIONS)
    forged = store.path(other.id).rename(store.path(release.id)) / "manifest.json"
    forged.write_bytes(forged.read_bytes().replace(other.id.encode(), release.id.encode()))
    with pytest.raises(ReleaseDamaged, match="not those it was named after"):
        store.read(release.id)


def test_a_damaged_release_is_written_again(state: StateDirectory, release: Release) -> None:
    """Building the same configuration again heals what was damaged, and leaves what was whole."""
    store = Store(state)
    first = store.write(release, sources=[SOURCE], versions=VERSIONS)
    assert store.write(release, sources=[], versions={}) == first
    (store.path(release.id) / "litellm/config.yaml").write_bytes(b"")
    store.write(release, sources=[SOURCE], versions=VERSIONS)
    assert store.read(release.id) == release


def test_a_failed_write_leaves_nothing(state: StateDirectory, release: Release) -> None:
    """A release that cannot be written whole is not there at all, nor is anything half of it."""
    store = Store(state)
    impossible = Release(
        release.id, {**release.artifacts, "litellm/config.yaml/below": b"a file is no folder"}
    )
    with pytest.raises(FileExistsError):
        store.write(impossible, sources=[SOURCE], versions=VERSIONS)
    assert list(state.releases.iterdir()) == []


def test_current_is_a_link_that_is_replaced(state: StateDirectory, release: Release) -> None:
    """`current` names the release that was set last, and opens as its folder."""
    store = Store(state)
    assert store.current() is None
    store.write(release, sources=[SOURCE], versions=VERSIONS)
    store.set_current("0" * 12)
    store.set_current(release.id)
    assert store.current() == release.id
    assert (state.current / "litellm/config.yaml").read_bytes() == release.artifacts["litellm/config.yaml"]


def test_history_is_one_object_per_line(state: StateDirectory) -> None:
    """Events are appended in order, each with its time."""
    store = Store(state)
    store.record("started", release="abc", generation=1)
    store.record("stopped", release="abc", generation=1, cut=0)
    events = [json.loads(line) for line in state.history.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events] == ["started", "stopped"]
    assert events[0]["at"] <= events[1]["at"]


def test_generations_only_grow(state: StateDirectory) -> None:
    """Two stores of one state directory never give the same number."""
    assert [Store(state).next_generation() for _ in range(3)] == [1, 2, 3]


def test_files_are_for_their_owner_alone(state: StateDirectory, release: Release) -> None:
    """Nothing in a stored release can be read by others."""
    store = Store(state)
    store.write(release, sources=[SOURCE], versions=VERSIONS)
    for path in [store.path(release.id), *store.path(release.id).rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
