"""Files that are whole or not there, whatever happens to the machine in between."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp


def replace_file(path: Path, data: bytes, *, mode: int = 0o600, durable: bool = True) -> None:
    """Put `data` at `path` by writing beside it and renaming, so that a reader sees the old bytes or the new ones.

    `durable` also survives a power cut; what only the running processes read does without. Raises OSError, leaving nothing.
    """
    descriptor, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    staged = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        staged.replace(path)
    except BaseException:
        staged.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(path.parent)


def replace_link(path: Path, target: Path) -> None:
    """Point the symbolic link `path` at `target` in one step."""
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    staged.unlink(missing_ok=True)
    staged.symlink_to(target)
    staged.replace(path)
    sync_directory(path.parent)


def make_folders(path: Path) -> None:
    """Create a folder and those above it, for their owner alone; `Path.mkdir` closes only the last of them."""
    for folder in (*reversed(path.parents), path):
        folder.mkdir(mode=0o700, exist_ok=True)


def append_line(path: Path, line: bytes) -> None:
    """Add a line to a file in one write, so that lines of several writers never mix, and see it on disk."""
    with _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as descriptor:
        os.write(descriptor, line + b"\n")
        os.fsync(descriptor)


def sync_directory(path: Path) -> None:
    """See the names in a directory on disk."""
    with _opened(path, os.O_RDONLY) as descriptor:
        os.fsync(descriptor)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
