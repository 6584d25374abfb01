"""Compare a tree of produced files with the tree kept in git; on request rewrite it, orphans included."""

from collections.abc import Mapping
from pathlib import Path


def compare_tree(directory: Path, produced: Mapping[str, bytes], *, update: bool) -> None:
    """Assert that `directory` holds exactly `produced` (relative path with `/` to bytes)."""
    kept = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    if update:
        for name in kept.keys() - produced.keys():
            kept[name].unlink()
        for name, data in produced.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            (directory / name).write_bytes(data)
        return
    assert sorted(kept) == sorted(produced), f"{directory}: the set of files differs; see --update-golden"
    for name, data in produced.items():
        assert kept[name].read_text(encoding="utf-8") == data.decode("utf-8"), f"{directory / name} differs"
