"""Runs the installed `portico` as a person would, and compares everything it says."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SNAPSHOTS = HERE / "snapshots"
PROGRAM = Path(sys.executable).parent / "portico"

FILTERS: tuple[tuple[str, str], ...] = (
    (r"\b[0-9a-f]{12}\b", "<release>"),
    (r"portico \d+\.\d+\.\d+", "portico <version>"),
)
"""What differs from run to run: a regular expression and what stands in its place."""


@dataclass(frozen=True)
class Result:
    """How one command ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Project:
    """A directory with a configuration, in which commands run."""

    directory: Path

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Result:
        """Run `portico` here. Nothing of the caller's environment gets in."""
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.directory),
            "SNAPSHOT_KEY": "x",
            **(environment or {}),
        }
        command = [str(PROGRAM), *arguments]
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def replace(self, name: str, old: str, new: str) -> None:
        """Change one place in a configuration file."""
        path = self.directory / "config" / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def project() -> Iterator[Project]:
    """A fresh copy of the configuration beside this file."""
    # The state directory inside it holds unix sockets, whose paths may have a hundred bytes; pytest's folders take them all.
    with tempfile.TemporaryDirectory(prefix="portico-") as folder:
        shutil.copytree(HERE / "project", Path(folder) / "project")
        yield Project(Path(folder) / "project")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, Result], None]:
    """Compare a result with the file of that name, or write the file with --update-golden."""

    def compare(name: str, result: Result) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        shown = shown_result(result)
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(shown, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == shown

    return compare


def shown_result(result: Result) -> str:
    """Exit code, stdout and stderr in one text, with what differs from run to run taken out."""
    text = f"exit code: {result.code}\n----- stdout\n{result.stdout}----- stderr\n{result.stderr}"
    for pattern, replacement in FILTERS:
        text = re.sub(pattern, replacement, text)
    return text
