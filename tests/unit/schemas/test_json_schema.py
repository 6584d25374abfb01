"""The JSON Schemas: complete for editors, and of the same mind as the validators."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.config import FILE_TYPES, json_schema, schema_file_name
from schemas.diagnostics import DocumentKind
from schemas.engines import ENGINE_NAMES
from tests.configs import Data
from tests.strategies import Mutation, configs, mutations

SCHEMAS = {kind: json_schema(kind) for kind in DocumentKind}
VALIDATORS = {kind: jsonschema.Draft202012Validator(schema) for kind, schema in SCHEMAS.items()}


Forms = dict[bool, list[Any]]
"""Values by whether they are right."""


def _schema_accepts(kind: DocumentKind, data: Any) -> bool:
    return bool(VALIDATORS[kind].is_valid(data))


def _pydantic_accepts(kind: DocumentKind, data: Any) -> bool:
    try:
        FILE_TYPES[kind].model_validate_json(json.dumps(data))
    except ValidationError:
        return False
    return True


def _objects(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its path."""
    if isinstance(node, dict):
        yield path, node
        for key, child in node.items():
            # Conditions repeat properties that are described elsewhere; examples are data.
            if key not in ("if", "then", "else", "not", "examples", "default", "enum"):
                yield from _objects(child, f"{path}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _objects(child, f"{path}/{index}")


def _described(schema: dict[str, Any], node: dict[str, Any]) -> bool:
    if node.get("description"):
        return True
    reference = node.get("$ref")
    return reference is not None and bool(schema["$defs"][reference.rsplit("/", 1)[1]].get("description"))


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_schemas_are_schemas(kind: DocumentKind) -> None:
    """Each conforms to the dialect it names, and has the name of its file."""
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])
    assert SCHEMAS[kind]["title"] == f"Portico {kind.value}"
    assert SCHEMAS[kind]["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("kind", DocumentKind)
def test_everything_is_described(kind: DocumentKind) -> None:
    """Every property, list item and mapping value at every level has a text for the editor to show."""
    schema = SCHEMAS[kind]
    checked = 0
    for path, node in _objects(schema):
        for name, child in node.get("properties", {}).items():
            assert _described(schema, child), f"{path}/{name}"
            checked += 1
        values = [
            node.get("items"),
            node.get("additionalProperties"),
            *node.get("patternProperties", {}).values(),
        ]
        for child in values:
            if isinstance(child, dict):
                assert _described(schema, child), path
                checked += 1
    assert all(definition.get("description") for definition in schema.get("$defs", {}).values())
    assert checked >= 10


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_mapping_says_which_keys_it_takes(kind: DocumentKind) -> None:
    """No object is open by accident: an editor marks an unknown key, and a name that is none."""
    for path, node in _objects(SCHEMAS[kind]):
        if node.get("type") == "object":
            assert "additionalProperties" in node, path


@pytest.mark.parametrize("kind", DocumentKind)
def test_texts_with_a_form_have_an_example(kind: DocumentKind) -> None:
    """A pattern is hard to read; where a value has one, an example or a default stands beside it."""
    for path, node in _objects(SCHEMAS[kind]):
        if (
            "pattern" in node
            and not path.endswith(("propertyNames", "additionalProperties"))
            and "patternProperties" not in path
        ):
            assert node.get("examples") or node.get("default"), path


@pytest.mark.parametrize("kind", DocumentKind)
def test_examples_and_defaults_are_right(kind: DocumentKind) -> None:
    """What the schema shows as an example, it accepts."""
    schema = SCHEMAS[kind]
    for path, node in _objects(schema):
        shown = [*node.get("examples", []), *([node["default"]] if "default" in node else [])]
        validator = jsonschema.Draft202012Validator({**node, "$defs": schema.get("$defs", {})})
        for value in shown:
            assert validator.is_valid(value), (path, value)


def test_choices_are_listed() -> None:
    """Editors complete from enums; engines are one, though a check refuses unknown ones with a suggestion."""
    definitions = SCHEMAS[DocumentKind.PROVIDERS]["$defs"]
    assert definitions["Provider"]["properties"]["engine"]["enum"] == list(ENGINE_NAMES)
    for kind, name, choices in (
        (DocumentKind.PROVIDERS, "Status", ["active", "disabled", "template"]),
        (DocumentKind.MAPPINGS, "LaneChoice", ["auto", "direct", "litellm"]),
        (DocumentKind.GATEWAY, "EmbeddedStart", ["auto", "always", "never"]),
        (DocumentKind.PORTS, "Protocol", ["http", "https", "tcp", "udp"]),
    ):
        assert SCHEMAS[kind]["$defs"][name]["enum"] == choices


@pytest.mark.parametrize("kind", DocumentKind)
def test_the_shipped_files(kind: DocumentKind, root: Path) -> None:
    """An independent reader and validator accept them, by the schema that their first line names, which is the one in the code."""
    path = root / "config" / kind.value
    text = path.read_text(encoding="utf-8")
    name = schema_file_name(kind)
    assert text.splitlines()[0] == f"# yaml-language-server: $schema=./{name}"
    kept = json.loads((path.parent / name).read_text(encoding="utf-8"))
    assert kept == SCHEMAS[kind]
    VALIDATORS[kind].validate(yaml.safe_load(text))


def test_the_good_cases(root: Path) -> None:
    """Every configuration that is kept as a good case is accepted."""
    files = [
        path for kind in DocumentKind for path in (root / "tests" / "cases" / "good").glob(f"*/{kind.value}")
    ]
    assert len(files) > 30
    for path in files:
        VALIDATORS[DocumentKind(path.name)].validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _providers(**entry: Any) -> Any:
    return {"version": 1, "providers": {"a": {"engine": "vllm", **entry}}}


ENDPOINTS: Forms = {
    True: ["http://a", "https://a/", "http://a:1", "http://a:65535", "http://a:00080", "http://[::1]:8000/x/y", "http://A.b-c_d:1/~x.y",
           "http://1.2.3.4", "http://0a", "http://a.1b", "http://a/...", "http://_x", "http://a.b.:1"],
    False: ["", "a:1", "ftp://a", "http://", "http://a:0", "http://a:65536", "http://a:000080", "http://a:99999", "http://u:p@a",
            "http://u@a", "http://a?x", "http://a#x", "http://a//", "http://a b", "http://a/x y", "HTTP://a", "http://[::1", "http://a:",
            "http://999.1.1.1", "http://1.2.3", "http://2130706433", "http://-a", "http://a-", "http://a..b", "http://.a", "http://a/..",
            "http://a/../b", "http://a/.", "http://a..:1"],
}  # fmt: skip
DURATIONS: Forms = {
    True: ["1ms", "500ms", "30s", "007s", "168h", "10080m", "604800s", "604800000ms"],
    False: [
        "",
        "0s",
        "000ms",
        "1",
        "1 s",
        "1d",
        "-1s",
        "1.5s",
        "169h",
        "10081m",
        "604801s",
        "604800001ms",
        "s",
        "1S",
        5,
        None,
    ],
}
HEADERS: Forms = {
    True: [{}, {"X-Team": "a b"}, {"Authorization": "${K}"}, {"cookie": "file:/k"}, {"x-api-key": "file:k"}, {"X-Empty": ""}, {"X-A": "$1 {b}"}, {"X-A": "${K}"},
           {"Tenant": "te"}, {"hosts": "x"}, {f"h{n}": "v" for n in range(16)}],
    False: [{"Host": "x"}, {"hOST": "x"}, {"TE": "x"}, {"Content-Type": "x"}, {"x-portico-a": "x"}, {"X-Envoy-b": "x"}, {"a b": "x"},
            {"": "x"}, {"a:": "x"}, {"x" * 65: "x"}, {"X-A": "é"}, {"X-A": "a\tb"}, {"X-A": 1}, {"X-A": "a ${K}"}, {"X-A": "${K} "}, {"X-A": "${}"}, {"Authorization": "Bearer x"},
            {"API-Key": "x"}, {"COOKIE": "a=b"}, {f"h{n}": "v" for n in range(17)}],
}  # fmt: skip
REFERENCES: Forms = {
    True: ["${A}", "${a_1}", "file:/a", "file:a b", None],
    False: ["", "A", "$A", "${1}", "${A}x", "file:", "file: a", "${A B}", 1],
}
ADDRESSES: Forms = {
    True: ["127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fd00::5", "::ffff:1.2.3.4"],
    False: ["", "localhost", "256.0.0.1", "1.2.3", "01.2.3.4", "127.0.0.1:80", "[::1]", "g::1", ":", None],
}
PROVIDERS, MAPPINGS, GATEWAY, PORTS = DocumentKind
SIZES: Forms = {True: ["1kB", "20MB", "01GB"], False: ["0kB", "20", "20mb", "20 MB", "1B", 1]}
NAMES: Forms = {True: ["a", "0", "a.b_c-d", "a" * 63], False: ["", "A", "-a", "a b", "a" * 64, "é"]}
MODELS: Forms = {
    True: [{}, {"size": "7B"}, {"size": "1.5T"}, {"size": None}, {"cost": {"input": 0, "output": 1.5}}],
    False: [{"size": "7"}, {"size": "7b"}, {"size": ".5B"}, {"size": "B"}, {"size": 7}, {"capabilities": []}, {"capabilities": ["talk"]},
            {"context_length": 0}, {"context_length": "1"}, {"context_length": True}, {"cost": {}}, {"cost": {"input": -1}},
            {"tags": ["a b"]}, {"tags": "a"}, {"nope": 1}],
}  # fmt: skip
UNKNOWN: Forms = {
    True: [{}, {"answer": "reject"}, {"answer": "reject", "model": None}, {"answer": "default", "model": "x"}],
    False: [{"answer": "default"}, {"model": "x"}, {"answer": "reject", "model": "x"}, {"answer": "default", "model": ""},
            {"answer": "default", "model": None}, {"answer": "nope"}],
}  # fmt: skip
SERVICES: Forms = {
    True: [{}, {"health": None}, {"protocol": "http", "health": "/h"}, {"protocol": "https", "health": "/"}, {"protocol": "udp"}, {"required": True}, {"protocol": "udp", "required": False}],
    False: [{"health": "/h"}, {"protocol": "tcp", "health": "/h"}, {"protocol": "http", "health": "h"}, {"port": 0}, {"port": 65536},
            {"category": "A b"}, {"protocol": "udp", "required": True}],
}  # fmt: skip
FILES: Forms = {
    True: [{"version": 1}],
    False: [{}, {"version": 2}, {"version": "1"}, {"version": True}, [], None],
}

FORMS: list[tuple[DocumentKind, Forms, Callable[[Any], Any]]] = [
    (PROVIDERS, ENDPOINTS, lambda url: _providers(endpoints=[url])),
    (PROVIDERS, DURATIONS, lambda text: _providers(health={"interval": text})),
    (PROVIDERS, HEADERS, lambda headers: _providers(headers=headers)),
    (PROVIDERS, REFERENCES, lambda key: _providers(api_key=key)),
    (PROVIDERS, NAMES, lambda name: {"version": 1, "providers": {name: {"engine": "vllm"}}}),
    (PROVIDERS, MODELS, lambda spec: _providers(models={"m": spec})),
    (PROVIDERS, FILES, lambda data: data | {"providers": {}} if isinstance(data, dict) else data),
    (MAPPINGS, UNKNOWN, lambda unknown: {"version": 1, "models": {}, "unknown_model": unknown}),
    (MAPPINGS, FILES, lambda data: data | {"models": {}} if isinstance(data, dict) else data),
    (GATEWAY, ADDRESSES, lambda text: {"version": 1, "listen": {"address": text}}),
    (GATEWAY, SIZES, lambda text: {"version": 1, "log": {"max_size": text}}),
    (GATEWAY, FILES, lambda data: data),
    (PORTS, SERVICES, lambda service: {"version": 1, "services": {"s": {"port": 1, **service}}}),
    (PORTS, FILES, lambda data: data),
]
SHAPES = [
    (good, kind, build(value))
    for kind, forms, build in FORMS
    for good, values in forms.items()
    for value in values
]


@pytest.mark.parametrize(
    ("good", "kind", "data"),
    SHAPES,
    ids=lambda value: json.dumps(value)[:60] if not isinstance(value, str) else value,
)
def test_both_judge_alike(good: bool, kind: DocumentKind, data: Any) -> None:  # noqa: FBT001 a verdict is a value here
    """What one accepts the other accepts, for every form that a validator has code for."""
    assert _pydantic_accepts(kind, data) is good
    assert _schema_accepts(kind, data) is good


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (PORTS, {"version": 1, "ranges": {"r": {"first": 2, "last": 1}}}),
        (PROVIDERS, _providers(endpoints=["http://[::::]:1"])),
        (GATEWAY, {"version": 1, "listen": {"address": "1::2::3"}}),
        (GATEWAY, {"version": 1, "control": {"port": 4001.0}}),
        (GATEWAY, {"version": 1.0}),
    ],
)
def test_what_a_schema_cannot_say(kind: DocumentKind, data: Any) -> None:
    """Two values in order, the inner rules of IPv6, and how a number is written are left to the validators."""
    assert _schema_accepts(kind, data)
    assert not _pydantic_accepts(kind, data)


def test_where_the_schema_is_stricter() -> None:
    """An unknown engine is refused by a check, which knows what was meant; editors mark it already."""
    data = _providers() | {"providers": {"a": {"engine": "nope"}}}
    assert _pydantic_accepts(PROVIDERS, data)
    assert not _schema_accepts(PROVIDERS, data)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(st.data())
def test_generated_configurations_and_mutations(draw: st.DataObject) -> None:
    """Valid configurations pass both; a mutated one gets the same verdict from both."""
    base: Data = draw.draw(configs())
    for kind, data in base.items():
        assert _pydantic_accepts(kind, data)
        assert _schema_accepts(kind, data)
    mutation: Mutation = draw.draw(mutations(base))
    data = mutation.data[mutation.kind]
    engine_changed = mutation.keys[-1] == "engine"
    if not engine_changed:
        assert _pydantic_accepts(mutation.kind, data) is _schema_accepts(mutation.kind, data), mutation
