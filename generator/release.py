"""Artifacts become a release: an immutable set of files, named by the digest of their bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

PLACEHOLDER = b"@release-id@"
"""What the renderers write where the release's own name belongs; it is replaced once the name is known."""

ID_LENGTH = 12

Artifacts = Mapping[str, bytes]
"""Relative path with `/` to bytes."""


@dataclass(frozen=True)
class Release:
    """A named set of artifacts. `id` is 12 hexadecimal digits."""

    id: str
    artifacts: Artifacts


def seal(rendered: Artifacts) -> Release:
    """Name the rendered artifacts by their digest, and write the name into them."""
    identity = _digest(rendered)
    return Release(
        identity,
        {path: data.replace(PLACEHOLDER, identity.encode()) for path, data in sorted(rendered.items())},
    )


def verify(release: Release) -> bool:
    """Whether the artifacts are, byte for byte, those that the release was named after."""
    name = release.id.encode()
    return (
        _digest({path: data.replace(name, PLACEHOLDER) for path, data in release.artifacts.items()})
        == release.id
    )


def _digest(artifacts: Artifacts) -> str:
    digest = hashlib.sha256()
    for path, data in sorted(artifacts.items()):
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()[:ID_LENGTH]
