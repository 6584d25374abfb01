"""The configuration that ships is valid, complete, and described by the schemas beside it."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from portico.build import check_directory
from schemas.config import json_schema, schema_file_name
from schemas.diagnostics import DocumentKind
from schemas.providers import Status


def _schema(root: Path, kind: DocumentKind) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "config" / schema_file_name(kind)).read_text(encoding="utf-8"))
    return found


def _data(root: Path, kind: DocumentKind) -> Any:
    return yaml.safe_load((root / "config" / kind.value).read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_schema_beside_it_accepts_it(kind: DocumentKind, root: Path) -> None:
    """An independent validator accepts the shipped file by the shipped schema, which is itself a schema."""
    schema = _schema(root, kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(_data(root, kind))


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_schema_refuses_what_we_refuse(kind: DocumentKind, root: Path) -> None:
    """An unknown key, a missing version and a wrong type are refused in the editor too."""
    validator = jsonschema.Draft202012Validator(_schema(root, kind))
    data = _data(root, kind)
    for broken in (
        {**data, "surprise": 1},
        {k: v for k, v in data.items() if k != "version"},
        {**data, "version": "1"},
    ):
        assert not validator.is_valid(broken)


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_schema_is_the_one_of_this_version(kind: DocumentKind, root: Path) -> None:
    """Nobody forgot `make schemas`."""
    assert _schema(root, kind) == json_schema(kind)


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_first_line_names_the_schema(kind: DocumentKind, root: Path) -> None:
    """Editors find the schema by the first line."""
    first = (root / "config" / kind.value).read_text(encoding="utf-8").partition("\n")[0]
    assert first == f"# yaml-language-server: $schema=./{schema_file_name(kind)}"


def test_it_is_valid_without_a_word(root: Path) -> None:
    """Strict validation has nothing to say, whatever secrets the machine has."""
    assert check_directory(root / "config", strict=True).diagnostics == ()


def test_everything_usual_is_there(root: Path) -> None:
    """Ollama, llama.cpp twice, vLLM and the embedded engine are active; the others are templates."""
    config = check_directory(root / "config").config
    active = {
        name: (entry.engine, entry.endpoints)
        for name, entry in config.providers.providers.items()
        if entry.status is Status.ACTIVE
    }
    assert active == {
        "ollama": ("ollama", ["http://127.0.0.1:11434"]),
        "llamacpp-chat": ("llamacpp", ["http://127.0.0.1:8000"]),
        "llamacpp-code": ("llamacpp", ["http://127.0.0.1:8080"]),
        "vllm": ("vllm", ["http://127.0.0.1:8001"]),
        "embedded": ("llamacpp", ["http://127.0.0.1:8089"]),
    }
    templates = {n: e.engine for n, e in config.providers.providers.items() if e.status is Status.TEMPLATE}
    assert templates == {
        "openai": "openai",
        "anthropic": "anthropic",
        "gemini": "gemini",
        "ollama-cloud": "ollama",
        "sglang": "sglang",
        "tgi": "tgi",
        "openai-compatible": "openai-compatible",
    }
    assert config.mappings.models["qwen-coder-vllm"].targets[0].model == "Qwen/Qwen2.5-Coder-7B-Instruct-AWQ"
    assert config.ports is not None
    assert (len(config.ports.services), len(config.ports.reserved)) == (13, 3)


def test_a_template_works_once_it_is_active(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every template can be switched on as it is: nothing but its unmapped models is remarked on."""
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, "x")
    data = _data(root, DocumentKind.PROVIDERS)
    (tmp_path / "key").write_text("x", encoding="utf-8")
    active = copy.deepcopy(data)
    for entry in active["providers"].values():
        entry["status"] = "active"
    active["providers"]["openai-compatible"]["api_key"] = "file:key"
    for kind in DocumentKind:
        content = active if kind is DocumentKind.PROVIDERS else _data(root, kind)
        (tmp_path / kind.value).write_text(json.dumps(content), encoding="utf-8")
    assert {diagnostic.code for diagnostic in check_directory(tmp_path).diagnostics} == {"unmapped-model"}
