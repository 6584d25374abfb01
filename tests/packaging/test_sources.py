"""Rules about our own source text that no linter knows."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PURE = ("schemas", "generator")
IMPURE_CALLS = {"open", "print", "input", "eval", "exec", "breakpoint", "__import__"}
CLOCK_METHODS = {"now", "today", "utcnow"}
BANNED_WORDS = {"manager", "managers", "handler", "handlers", "helper", "helpers", "util", "utils", "common"}
# Words that are the field's own somewhere: file or folder, word.
ALLOWED = {
    ("generator/render/envoy/", "manager"),  # Envoy's HttpConnectionManager
    ("generator/render/envoy/", "managers"),
    ("portico/logs.py", "handler"),  # logging.Handler
    ("tests/unit/portico/test_logs.py", "handler"),
}


def tracked(root: Path, *patterns: str) -> list[Path]:
    """Python files in git below the folders given."""
    command = ["git", "ls-files", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
    return [root / name for name in names if name.endswith(".py") and (root / name).exists()]


def defined_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of everything a module defines: classes, functions, arguments, variables."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name


def words(name: str) -> set[str]:
    """Lower-case words of a snake_case or CamelCase name."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_call_no_input_output_builtin(package: str, root: Path) -> None:
    """import-linter forbids modules; this forbids what needs no import."""
    files = tracked(root, package)
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Name(id=name):
                    assert name not in IMPURE_CALLS, f"{path}:{node.lineno}: {name}()"
                case ast.Attribute(attr=name):
                    assert name not in CLOCK_METHODS, f"{path}:{node.lineno}: .{name}()"


def vague(file: str, name: str) -> set[str]:
    """Words of a name that say nothing about what it names."""
    allowed = {word for place, word in ALLOWED if file.startswith(place)}
    # The name of a test is a sentence.
    return set() if name.startswith("test_") else words(name) & BANNED_WORDS - allowed


def test_no_name_says_nothing(root: Path) -> None:
    """Files, classes, functions and variables are named in the words of the field."""
    found = []
    for path in tracked(root, "schemas", "generator", "portico", "scripts", "bench", "loadtest", "tests"):
        file = path.relative_to(root).as_posix()
        found += [file for part in file.split("/") if vague(file, part)]
        for line, name in defined_names(ast.parse(path.read_text(encoding="utf-8"))):
            if vague(file, name):
                found.append(f"{file}:{line}: {name}")
    assert found == []


def test_every_test_says_what_it_proves(root: Path) -> None:
    """Each test function has a docstring of one sentence."""
    missing = []
    for path in tracked(root, "tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("test_") and not ast.get_docstring(node):
                missing.append(f"{path.relative_to(root)}:{node.lineno}: {node.name}")
    assert missing == []
