"""Refuse a commit that hand-edits a generated file.

What is staged is exported into a scratch folder, the generators listed in generated_files.toml run there on the
staged sources, and every generated file must come out as it was staged. The work tree is never touched.

Without arguments only the generators are run whose files or sources are staged (the pre-commit hook); with `--all`
every one of them. Exit codes: 0 in step, 1 a generated file differs or a generator failed.
"""

import argparse
import dataclasses
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path("scripts/generated_files.toml")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One row of the table; globs are git pathspecs without their `:(glob)`."""

    files: tuple[str, ...]
    fix: str
    sources: tuple[str, ...]
    command: tuple[str, ...]
    check: tuple[str, ...]


def read_table(tree: Path) -> list[Entry]:
    """Rows of the staged table. Raises ValueError for a row with both or neither of `command` and `check`."""
    rows = tomllib.loads((tree / TABLE).read_text(encoding="utf-8"))["generated"]
    entries = [
        Entry(
            files=tuple(row["files"]),
            fix=row["fix"],
            sources=tuple(row["sources"]),
            command=tuple(row.get("command", ())),
            check=tuple(row.get("check", ())),
        )
        for row in rows
    ]
    for entry in entries:
        if bool(entry.command) == bool(entry.check):
            raise ValueError(f"{TABLE}: {entry.files} needs exactly one of `command` and `check`")
    return entries


def git(*arguments: str) -> list[str]:
    """NUL-separated output of a git command in the repository."""
    command = ["git", "-C", str(ROOT), *arguments]
    output = subprocess.run(command, check=True, capture_output=True).stdout
    return [name for name in os.fsdecode(output).split("\0") if name]


def pathspecs(globs: tuple[str, ...]) -> list[str]:
    return [f":(glob){glob}" for glob in globs]


def is_staged(entry: Entry) -> bool:
    globs = pathspecs(entry.files + entry.sources)
    return bool(git("diff", "--cached", "--name-only", "-z", "--", *globs))


def export_index(tree: Path) -> None:
    """Write everything that is staged below `tree`, with the environments linked in."""
    git("checkout-index", "--all", f"--prefix={tree}{os.sep}")
    for name in (".venv", ".venv-litellm"):
        if (ROOT / name).exists():
            (tree / name).symlink_to(ROOT / name)


def contents(tree: Path, entry: Entry) -> dict[str, bytes]:
    """Generated files below `tree` by their path relative to it."""
    found = (path for glob in entry.files for path in tree.glob(f"{glob}/*" if glob.endswith("**") else glob))
    return {str(path.relative_to(tree)): path.read_bytes() for path in found if path.is_file()}


def run(tree: Path, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    program = sys.executable if command[0] == "python" else command[0]
    # Staged sources win over the editable install, which points at the work tree.
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    # git sets these for hooks; a generator that calls git must not write into this repository.
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        environment.pop(name, None)
    full = [program, *command[1:]]
    return subprocess.run(full, cwd=tree, env=environment, text=True, capture_output=True, check=False)


def problems(tree: Path, entry: Entry) -> Iterator[str]:
    """What is wrong with the generated files of one row, a line each."""
    before = contents(tree, entry)
    result = run(tree, entry.command or entry.check)
    if result.returncode != 0:
        shown = " ".join(entry.command or entry.check)
        yield f"`{shown}` exited {result.returncode}\n{result.stdout}{result.stderr}".rstrip()
        return
    after = contents(tree, entry)
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"{name} is not staged, but its generator writes it"
        elif name not in after:
            yield f"{name} is staged, but its generator does not write it"
        elif before[name] != after[name]:
            yield f"{name} is not what its generator writes"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--all", action="store_true", help="every generator, whatever is staged")
    arguments = parser.parse_args()
    failed = False
    with tempfile.TemporaryDirectory(prefix="portico-guard-") as folder:
        tree = Path(folder).resolve()
        export_index(tree)
        for entry in read_table(tree):
            if not (arguments.all or is_staged(entry)):
                continue
            for problem in problems(tree, entry):
                failed = True
                print(f"error[generated-file]: {problem}", file=sys.stderr)
                print(
                    f"hint: never edit it by hand; change what it is made from, then `{entry.fix}`",
                    file=sys.stderr,
                )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
