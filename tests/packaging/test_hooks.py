"""The pre-commit hooks refuse what must not be committed, in a scratch clone with the hooks really installed."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


class Clone:
    """A scratch clone of this repository with its hooks installed."""

    def __init__(self, origin: Path, folder: Path) -> None:
        self.folder = folder / "clone"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))
        }
        self.environment = kept | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A Developer",
            "GIT_AUTHOR_EMAIL": "developer@example.org",
            "GIT_COMMITTER_NAME": "A Developer",
            "GIT_COMMITTER_EMAIL": "developer@example.org",
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
        }
        self.must("git", "clone", "--quiet", str(origin), str(self.folder), cwd=folder)
        for name in (".venv", ".venv-litellm"):
            (self.folder / name).symlink_to(origin / name)
        self.must(".venv/bin/pre-commit", "install")
        self.base = self.must("git", "rev-parse", "HEAD").stdout.strip()

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Result of a command in the clone; stderr is part of stdout, in order."""
        return subprocess.run(
            command,
            cwd=cwd or self.folder,
            env=self.environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )

    def must(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        result = self.run(*command, cwd=cwd)
        assert result.returncode == 0, result.stdout
        return result

    def commit(self) -> subprocess.CompletedProcess[str]:
        """Try to commit everything that was changed."""
        self.must("git", "add", "--all")
        return self.run("git", "commit", "--message", "docs: change something")

    def head_moved(self) -> bool:
        return self.must("git", "rev-parse", "HEAD").stdout.strip() != self.base

    def append(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.fixture(scope="module")
def shared_clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    return Clone(root, tmp_path_factory.mktemp("hooks"))


@pytest.fixture
def clone(shared_clone: Clone) -> Iterator[Clone]:
    """The clone as its origin left it, however the test before ended."""
    yield shared_clone
    shared_clone.must("git", "reset", "--quiet", "--hard", shared_clone.base)
    shared_clone.must(
        "git", "clean", "--quiet", "-d", "--force", "--exclude=.venv", "--exclude=.venv-litellm"
    )


def test_clean_commit_is_accepted(clone: Clone) -> None:
    """A commit that touches prose and config without breaking either goes through every hook."""
    clone.append("README.md", "\nOne more line.\n")
    clone.append("config/providers.yaml", "# a remark at the end\n")
    result = clone.commit()
    assert result.returncode == 0, result.stdout
    assert clone.head_moved()


def test_broken_config_is_refused(clone: Clone) -> None:
    """An unknown key in the config stops the commit and is named with its place."""
    line = len((clone.folder / "config/providers.yaml").read_text(encoding="utf-8").splitlines()) + 1
    clone.append("config/providers.yaml", "surprise: 1\n")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "surprise" in result.stdout
    assert f"config/providers.yaml:{line}:" in result.stdout


def test_yaml_that_is_not_yaml_is_refused(clone: Clone) -> None:
    """A syntax error in a YAML file outside config/ stops the commit and is named with its line."""
    clone.append(".github/workflows/integration.yml", "env: [unclosed\n")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "syntax error" in result.stdout


def test_new_secret_is_refused(clone: Clone) -> None:
    """A key that was not in the baseline stops the commit; the message names the file and not the key."""
    planted = "AKIA" + "Q3EGJZV7WM5TNB2K"  # in two parts: this file must pass the same hook
    clone.append("README.md", f"\nUse the key {planted} for now.\n")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "AWS Access Key" in result.stdout
    assert "README.md" in result.stdout
    assert planted not in result.stdout


@pytest.mark.parametrize(
    ("pattern", "old", "new", "fix"),
    [
        ("config/*.schema.json", '"type"', '"kind"', "make schemas"),
        ("docs/reference/*.md", "\n", "\n\nAn edit by hand.\n", "make docs"),
        ("tests/cases/good/*/out/**/*.json", ":", ": ", "make golden"),
        ("requirements/runtime.lock", "\nclick==", "\nclick==1", "make lock"),
    ],
)
def test_hand_edited_generated_file_is_refused(
    clone: Clone, pattern: str, old: str, new: str, fix: str
) -> None:
    """A generated file that its generator would not write stops the commit; the message says what to run instead."""
    path = min(clone.folder.glob(pattern))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "error[generated-file]" in result.stdout
    assert path.name in result.stdout
    assert fix in result.stdout


def test_badly_formatted_python_is_refused(clone: Clone) -> None:
    """Python that ruff would lay out differently stops the commit."""
    clone.append("portico/__init__.py", "x   =  1\n")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "portico/__init__.py" in result.stdout


def test_source_without_what_is_generated_from_it_is_refused(clone: Clone) -> None:
    """A change in schemas/ whose JSON Schema was not written again stops the commit."""
    description = json.loads((clone.folder / "config/ports.schema.json").read_text(encoding="utf-8"))[
        "description"
    ]
    path = clone.folder / "schemas/ports.py"
    text = path.read_text(encoding="utf-8")
    assert description in text
    path.write_text(text.replace(description, "Something else."), encoding="utf-8")
    result = clone.commit()
    assert result.returncode != 0
    assert not clone.head_moved()
    assert "config/ports.schema.json is not what its generator writes" in result.stdout
    assert "make schemas" in result.stdout
