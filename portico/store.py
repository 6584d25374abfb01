"""Releases on disk, which of them is current, and the history of what happened."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from generator.release import Release, verify
from generator.source import Source
from portico.durable import append_line, make_folders, replace_file, replace_link, sync_directory
from portico.errors import ReleaseDamaged
from portico.state import StateDirectory

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class SourceDigest:
    """A configuration file a release came from. `sha256` is hexadecimal."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known about a stored release. `created_at` is ISO 8601 in UTC; `files` maps paths to SHA-256 in hexadecimal."""

    id: str
    created_at: str
    files: Mapping[str, str]
    versions: Mapping[str, str]
    """Of portico, envoy and litellm, as far as they were found."""
    sources: tuple[SourceDigest, ...]


class Store:
    """The releases below one state directory. Every method may raise OSError when the disk is full or gone."""

    def __init__(self, state: StateDirectory) -> None:
        self._state = state

    def path(self, identity: str) -> Path:
        """Where a release's files are, whether or not it is stored."""
        return self._state.releases / identity

    def write(self, release: Release, *, sources: Sequence[Source], versions: Mapping[str, str]) -> Manifest:
        """Store a release whole or not at all. One that is stored already, undamaged, is left as it is."""
        target = self.path(release.id)
        if target.exists():
            try:
                self.read(release.id)
                return self.manifest(release.id)
            except ReleaseDamaged:
                shutil.rmtree(target)
        manifest = Manifest(
            id=release.id,
            created_at=now(),
            files={path: _sha256(data) for path, data in sorted(release.artifacts.items())},
            versions=dict(versions),
            sources=tuple(SourceDigest(source.path, _sha256(source.content)) for source in sources),
        )
        staged = self._state.releases / f".{release.id}.{os.getpid()}"
        shutil.rmtree(staged, ignore_errors=True)
        try:
            staged.mkdir(mode=0o700)
            _write_tree(
                staged,
                {**release.artifacts, MANIFEST: json.dumps(asdict(manifest), indent=2).encode() + b"\n"},
            )
            staged.rename(target)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        sync_directory(self._state.releases)
        return manifest

    def read(self, identity: str) -> Release:
        """A stored release, checked against its name and its manifest. Raises `ReleaseDamaged`, naming what is wrong."""
        manifest = self.manifest(identity)
        artifacts: dict[str, bytes] = {}
        for path, digest in manifest.files.items():
            try:
                artifacts[path] = (self.path(identity) / path).read_bytes()
            except OSError as error:
                raise _damaged(identity, f"{path} cannot be read: {error.strerror}") from error
            if _sha256(artifacts[path]) != digest:
                raise _damaged(identity, f"{path} was changed")
        release = Release(identity, artifacts)
        if not verify(release):
            raise _damaged(identity, "its files are not those it was named after")
        return release

    def manifest(self, identity: str) -> Manifest:
        """What is known about a stored release. Raises `ReleaseDamaged` where it cannot be read."""
        try:
            found = json.loads((self.path(identity) / MANIFEST).read_bytes())
            if found["id"] != identity:
                raise _damaged(identity, f"{MANIFEST} is that of another release")
            sources = tuple(SourceDigest(source["path"], source["sha256"]) for source in found["sources"])
            return Manifest(
                found["id"], found["created_at"], dict(found["files"]), dict(found["versions"]), sources
            )
        except OSError as error:
            raise _damaged(identity, f"{MANIFEST} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(identity, f"{MANIFEST} is not what was written") from error

    def identities(self) -> tuple[str, ...]:
        """Every stored release, damaged ones included, in no meaningful order."""
        found = (
            (entry.name for entry in self._state.releases.iterdir())
            if self._state.releases.is_dir()
            else iter(())
        )
        return tuple(sorted(name for name in found if not name.startswith(".")))

    def current(self) -> str | None:
        """The release that was applied last, or None before the first."""
        try:
            return self._state.current.readlink().name
        except FileNotFoundError:
            return None

    def set_current(self, identity: str) -> None:
        """Make a stored release the one that was applied last."""
        replace_link(self._state.current, Path("releases") / identity)

    def next_generation(self) -> int:
        """A number that no generation in this state directory had before. Only the daemon that holds the lock asks for one."""
        file = self._state.generation
        number = int(file.read_text(encoding="ascii")) + 1 if file.exists() else 1
        replace_file(file, str(number).encode())
        return number

    def record(self, event: str, **facts: str | float | None) -> None:
        """Add an event to the history; `event` is a past fact such as `started`."""
        line = json.dumps({"at": now(), "event": event, **facts})
        append_line(self._state.history, line.encode())


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write_tree(root: Path, files: Mapping[str, bytes]) -> None:
    for path, data in files.items():
        file = root / path
        make_folders(file.parent)
        replace_file(file, data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _damaged(identity: str, what: str) -> ReleaseDamaged:
    return ReleaseDamaged(
        f"release {identity} is damaged: {what}", "build it again from its configuration with `portico up`"
    )
