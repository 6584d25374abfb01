"""What the documentation says is true: commands parse, YAML validates, links lead somewhere, the reference is complete."""

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from generator.checks import ALL_CHECKS
from generator.checks.subject import Check
from generator.refusals import REFUSALS, Refusal
from portico.build import build, check_directory
from portico.cli import SECTIONS, cli
from schemas.config import json_schema
from schemas.diagnostics import DocumentKind, Severity

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ["README.md", "CONTRIBUTING.md", "docs/quick-start.md", "docs/adding-providers.md"]
GUIDES = ["README.md", "docs/quick-start.md", "docs/adding-providers.md"]
COMMAND = r"(?<![\w./-])(portico [^|)&>#\"]*)"
BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://)(?P<target>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    language: str
    text: str


def _blocks(language: str, pages: list[str] = PAGES) -> list[Block]:
    return [
        Block(page, found["language"], found["text"])
        for page in pages
        for found in BLOCK.finditer((ROOT / page).read_text(encoding="utf-8"))
        if found["language"] == language
    ]


def _shell_lines() -> Iterator[str]:
    """Every command line of a shell block, continuations joined."""
    for block in _blocks("sh"):
        yield from (line for line in block.text.replace("\\\n", " ").splitlines() if line.strip())


def _command_lines() -> list[str]:
    """Every command of `portico` in shell blocks, in running text, and in the examples of the commands themselves."""
    found = []
    for line in _shell_lines():
        found += re.findall(COMMAND, line)
    for page in PAGES:
        text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
        found += re.findall(r"`(portico [a-z][^`]*)`", text)
    for name in (name for names in SECTIONS.values() for name in names):
        command = cli.get_command(click.Context(cli), name)
        for line, _ in getattr(command, "examples", ()):
            found += re.findall(COMMAND, line)
    return sorted({" ".join(line.split()) for line in found})


@pytest.mark.parametrize("line", _command_lines())
def test_every_command_line_parses(line: str) -> None:
    """What the documentation tells people to type is a command with these options and arguments."""
    words = shlex.split(line)[1:]
    context = cli.make_context("portico", list(words))
    name, command, rest = cli.resolve_command(context, words)
    assert name is not None
    assert command is not None
    # A command that only names itself in running text, such as `portico explain`, may lack its arguments.
    command.make_context(name, rest, parent=context, resilient_parsing=not rest)


def test_every_command_is_in_the_documentation() -> None:
    """A command that no guide mentions would stay unknown."""
    text = " ".join(_command_lines())
    assert [name for names in SECTIONS.values() for name in names if f"portico {name}" not in text] == []


def test_every_make_target_exists() -> None:
    """`make` in the documentation names targets of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set()
    for page in PAGES:
        named |= set(
            re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        )
    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("page", GUIDES)
def test_yaml_of_a_guide_is_a_configuration(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blocks of a guide, put into the configuration that ships, are valid, without a warning."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    blocks = _blocks("yaml", [page])
    assert blocks
    for block in blocks:
        first, _, rest = block.text.partition("\n")
        named = re.fullmatch(r"# config/(\S+)", first)
        assert named, f"{page}: a YAML block says in its first line which file it is of"
        path = tmp_path / "config" / named[1]
        merged = _merged(yaml.safe_load(path.read_text(encoding="utf-8")), yaml.safe_load(rest))
        path.write_text(json.dumps(merged), encoding="utf-8")
    for name in ("VLLM_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "x")
    found = [d for d in check_directory(tmp_path / "config").diagnostics if d.severity is not Severity.INFO]
    allowed = {"file:/run/secrets/research-key"}
    assert [d.message for d in found if not any(name in d.message for name in allowed)] == []


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """`base` with the entries of `more`; a provider or a model is replaced as a whole."""
    result = dict(base)
    for key, value in more.items():
        result[key] = (
            {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
        )
    return result


def test_python_of_the_documentation_compiles() -> None:
    """The example for the client is a program, and asks for a model that ships."""
    blocks = _blocks("python")
    assert blocks
    for block in blocks:
        tree = ast.parse(block.text)
        models = [
            keyword.value.value
            for call in ast.walk(tree)
            if isinstance(call, ast.Call)
            for keyword in call.keywords
            if keyword.arg == "model" and isinstance(keyword.value, ast.Constant)
        ]
        assert models
        assert all(_is_shipped(str(name)) for name in models)


def test_requests_of_the_documentation_are_json() -> None:
    """The body of every curl is JSON and asks for a model that ships."""
    bodies = [body for line in _shell_lines() for body in re.findall(r"-d '([^']*)'", line)]
    assert len(bodies) >= 2
    assert all(_is_shipped(json.loads(body)["model"]) for body in bodies)


def test_headers_of_the_documentation_are_sent() -> None:
    """Every response header that a guide explains is one that Envoy is told to set."""
    text = "".join((ROOT / page).read_text(encoding="utf-8") for page in GUIDES)
    named = set(re.findall(r"`(x-portico-[a-z-]+)`", text))
    assert "x-portico-lane" in named
    listener = build(ROOT / "config").release.artifacts["envoy/xds/lds.json"].decode()
    assert [name for name in named if f'"{name}"' not in listener] == []


def _is_shipped(name: str) -> bool:
    return name in check_directory(ROOT / "config").config.mappings.models


@pytest.mark.parametrize(
    "page", [*PAGES, *(f"docs/reference/{name}.md" for name in ("cli", "config", "diagnostics"))]
)
def test_links_lead_somewhere(page: str) -> None:
    """Every relative link names a file, and every anchor a heading in it."""
    path = ROOT / page
    for found in LINK.finditer(path.read_text(encoding="utf-8")):
        target = path.parent / found["target"] if found["target"] else path
        assert target.exists(), f"{page} links to {found['target']}"
        if found["anchor"]:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert found["anchor"] in {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}


def test_the_reference_is_what_would_be_written() -> None:
    """`make docs` has nothing to do."""
    command = [sys.executable, "-I", str(ROOT / "scripts/write_docs.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_key_is_documented() -> None:
    """Each key of the JSON Schemas stands in the reference with a type and a meaning."""
    page = (ROOT / "docs/reference/config.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", page, re.MULTILINE))
    for kind in DocumentKind:
        for path in _key_paths(json_schema(kind), json_schema(kind), ()):
            name = ".".join(path).replace(".[]", "[]")
            assert name in rows, f"{kind.value}: {name}"
            cells = re.split(r" (?<!\\)\| ", rows[name])
            assert len(cells) == 4, rows[name]
            assert cells[0].strip()
            assert cells[3].strip(), f"{name} has no meaning"


def _key_paths(
    schema: dict[str, Any], node: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Every key of a schema, found without the program that writes the reference."""
    if "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    for option in node.get("anyOf", []):
        yield from _key_paths(schema, option, path)
    for name, child in node.get("properties", {}).items():
        yield (*path, name)
        yield from _key_paths(schema, child, (*path, name))
    if "items" in node:
        yield from _key_paths(schema, node["items"], (*path, "[]"))
    free = [node["additionalProperties"]] if isinstance(node.get("additionalProperties"), dict) else []
    for child in [*free, *node.get("patternProperties", {}).values()]:
        yield from _key_paths(schema, child, (*path, "NAME"))


def test_every_code_is_documented() -> None:
    """Each diagnostic has a section with its severity."""
    page = (ROOT / "docs/reference/diagnostics.md").read_text(encoding="utf-8")
    entries: list[Refusal | Check] = [*REFUSALS, *ALL_CHECKS]
    for entry in entries:
        assert f"\n## {entry.code}\n\n**{entry.severity}** · " in page


def test_every_command_is_in_the_reference() -> None:
    """The reference has the help of every command."""
    page = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    for name in (name for names in SECTIONS.values() for name in names):
        assert f"\n## portico {name}\n\n```text\nUsage: portico {name} " in page
