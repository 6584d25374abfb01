"""The three packages are ours, the wheel carries their data, and the locks say exactly what is installed."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import generator
import portico
import schemas

PACKAGES = ("schemas", "generator", "portico")
LOCKS = ("uv", "runtime", "dev", "litellm", "full")
# Pydantic documents errors of validators as imports from its core, which it pins exactly.
PART_OF = {"pydantic_core": "pydantic"}
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)(?:\[[a-z,-]+\])?==(?P<version>[^ ;\\]+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, set[str]]:
    """Versions of each package in a lock; more than one when markers choose between them."""
    found: dict[str, set[str]] = {}
    for match in PIN.finditer(lock.read_text(encoding="utf-8")):
        found.setdefault(match["name"], set()).add(match["version"])
    return found


@pytest.mark.parametrize("package", [schemas, generator, portico], ids=PACKAGES)
def test_package_is_imported_from_this_checkout(package: object, root: Path) -> None:
    """No installed distribution shadows our generic top-level names."""
    file = getattr(package, "__file__", None)
    assert file is not None
    assert Path(file).resolve().is_relative_to(root)


def test_no_other_distribution_ships_our_names() -> None:
    """A dependency with a top-level `schemas` would win over the editable install outside of the test run."""
    owners = packages_distributions()
    for name in PACKAGES:
        assert set(owners.get(name, [])) <= {"portico"}


@pytest.mark.parametrize("name", ["tests", "scripts", "config", "docs"])
def test_repository_root_is_not_importable(name: str, tmp_path: Path) -> None:
    """The editable install maps three packages and nothing else."""
    command = [sys.executable, "-I", "-c", f"import {name}"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "ModuleNotFoundError" in result.stderr


def test_wheel_holds_every_tracked_file_of_the_packages(root: Path, tmp_path: Path) -> None:
    """Package data (Lua, JSON, GGUF, py.typed) ships with the code."""
    command = [
        sys.executable,
        "-I",
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(tmp_path),
    ]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--", *PACKAGES], cwd=root, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    assert {name for name in tracked if name} <= inside
    for package in PACKAGES:
        assert f"{package}/py.typed" in inside


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_host_or_local_path(name: str, root: Path) -> None:
    """A lock says what, not where from: a mirror must do."""
    text = (root / f"requirements/{name}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text
    assert "--extra-index" not in text
    assert "--find-links" not in text
    assert not re.search(r"(?m)^(?!\s*#).*\s/[a-z]+/", text)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_and_hashes_everything(name: str, root: Path) -> None:
    """Every requirement is one exact version followed by at least one hash."""
    text = (root / f"requirements/{name}.lock").read_text(encoding="utf-8")
    requirements = re.split(r"(?m)^(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", text))
    requirements = [requirement for requirement in requirements if requirement]
    assert requirements
    for requirement in requirements:
        assert PIN.match(requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", requirement), requirement


def test_development_installs_exactly_the_runtime_that_is_locked(root: Path) -> None:
    """What is tested is what runs: dev.lock contains runtime.lock."""
    runtime = pins(root / "requirements/runtime.lock")
    development = pins(root / "requirements/dev.lock")
    assert runtime
    assert {name: development.get(name) for name in runtime} == runtime


def test_declared_dependencies_are_the_locked_ones(root: Path) -> None:
    """pyproject.toml and runtime.in name the same packages, with the same exact pins."""
    with (root / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    text = (root / "requirements/runtime.in").read_text(encoding="utf-8")
    locked = [line for line in text.splitlines() if line and not line.startswith("#")]
    split = re.compile(r"[<>=]=|[<>]")
    assert {split.split(line)[0].lower() for line in declared} == {
        split.split(line)[0].lower() for line in locked
    }
    assert {line for line in declared if "==" in line} == {line for line in locked if "==" in line}


def test_locks_are_in_step_with_their_inputs(root: Path) -> None:
    """No lock was edited by hand and no input was changed without resolving again."""
    command = [sys.executable, "-I", "scripts/lock.py", "--check"]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def imported_distributions(root: Path, *folders: str) -> dict[str, str]:
    """Distributions that the Python files below some folders import from, each with one file that does."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--", *folders], cwd=root, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    owners = packages_distributions()
    found: dict[str, str] = {}
    for name in names:
        if not name.endswith(".py") or not (root / name).exists():
            continue
        for node in ast.walk(ast.parse((root / name).read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=aliases):
                    modules = [alias.name for alias in aliases]
                case ast.ImportFrom(module=str(module), level=0):
                    modules = [module]
                case _:
                    continue
            beside = {path.stem for path in (root / name).parent.glob("*.py")}
            ours = beside | {*PACKAGES, "tests", "bench"}
            tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names - ours
            found |= {
                PART_OF.get(owner, owner.lower()): name
                for top in tops
                for owner in owners.get(top, [top])[:1]
            }
    return found


def wanted(root: Path, *names: str) -> set[str]:
    """Distributions that requirements/<name>.in ask for."""
    lines = [
        line for name in names for line in (root / f"requirements/{name}.in").read_text("utf-8").splitlines()
    ]
    return {re.split(r"[\[<>=]", line)[0].lower() for line in lines if line and line[0] not in "#-"}


def test_what_the_packages_import_is_declared(root: Path) -> None:
    """Nothing is used that is only there because something else needs it."""
    imported = imported_distributions(root, *PACKAGES)
    assert {name: file for name, file in imported.items() if name not in wanted(root, "runtime")} == {}


def test_what_the_tests_import_is_declared(root: Path) -> None:
    """The same for tests and maintainers' programs; scripts/tiny_model runs in an environment of its own."""
    imported = imported_distributions(root, "tests", "bench", "scripts", ":!scripts/tiny_model")
    declared = wanted(root, "runtime", "dev", "full", "litellm")
    assert {name: file for name, file in imported.items() if name not in declared} == {}
