"""Laws of the compiler, over generated configurations."""

import json
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from generator.check import check
from generator.checks.subject import Facts
from generator.document import parse
from generator.source import Source
from generator.validate import validate
from portico.build import build
from schemas.diagnostics import DocumentKind, KeyPath, Rejected, Severity
from tests.configs import Accepted, Data, accept, sources_of
from tests.strategies import Mutation, configs, mutations

LAWS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def _accepted(data: Data) -> Accepted:
    try:
        return accept(sources_of(data))
    except Rejected:
        reject()


@LAWS
@given(configs())
def test_accepted_configurations_render(data: Data) -> None:
    """What the checks accept compiles and renders, with every public name in what Envoy routes by."""
    release = _accepted(data).release
    routes = json.loads(release.artifacts["envoy/xds/rds.json"])
    text = json.dumps(routes, ensure_ascii=False)
    for name in data[DocumentKind.MAPPINGS]["models"]:
        assert json.dumps(name, ensure_ascii=False)[1:-1] in text or json.dumps(name)[1:-1] in text


@LAWS
@given(configs(), st.randoms(use_true_random=False))
def test_order_of_keys_does_not_matter(data: Data, random: Random) -> None:
    """Two files that say the same in another order give the same release, byte for byte."""
    shuffled = {kind: _shuffled(value, random) for kind, value in data.items()}
    first = _accepted(data).release
    second = accept(sources_of(shuffled)).release
    assert first == second


def _shuffled(value: object, random: Random) -> object:
    if isinstance(value, dict):
        items = [(key, _shuffled(child, random)) for key, child in value.items()]
        random.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return [_shuffled(child, random) for child in value]
    return value


@LAWS
@given(configs())
def test_an_unused_provider_changes_no_route(data: Data) -> None:
    """A provider that nothing targets leaves Envoy's routes as they are, but for the release's name."""
    before = _accepted(data)
    providers = dict(data[DocumentKind.PROVIDERS]["providers"])
    providers["unused-provider"] = {
        "engine": "vllm",
        "endpoints": ["http://127.0.0.99:29999"],
        "models": {"unused": {}},
    }
    after = accept(sources_of({**data, DocumentKind.PROVIDERS: {"version": 1, "providers": providers}}))
    path = "envoy/xds/rds.json"
    assert _routes(before, path) == _routes(after, path)


def _routes(accepted: Accepted, path: str) -> object:
    data = accepted.release.artifacts[path].replace(accepted.release.id.encode(), b"")
    resources = json.loads(data)
    resources.pop("version_info", None)
    return resources


@settings(LAWS, max_examples=150)
@given(st.data())
def test_a_mutation_is_accepted_or_rejected_inside_itself(draw: st.DataObject) -> None:
    """A fault of shape is reported at the node that was changed, at a key it holds, or at the mapping that misses it."""
    base = draw.draw(configs())
    _accepted(base)
    mutation: Mutation = draw.draw(mutations(base))
    try:
        accept(sources_of(mutation.data))
    except Rejected as rejected:
        errors = [d for d in rejected.diagnostics if d.severity is Severity.ERROR]
        assert errors
        if _refused_by_shape(mutation):
            first, last = _lines(mutation)
            for error in errors:
                assert error.place is not None
                assert error.place.path == mutation.kind.value
                assert first <= error.place.line <= last, (error, mutation)


def _refused_by_shape(mutation: Mutation) -> bool:
    try:
        validate({kind: parse(source) for kind, source in sources_of(mutation.data).items()})
    except Rejected:
        return True
    return False


def _lines(mutation: Mutation) -> tuple[int, int]:
    """First and last line of the mutated node; from its parent's first line, since a missing key is reported there."""
    document = parse(sources_of(mutation.data)[mutation.kind])
    parent: KeyPath = mutation.keys[:-1]
    start = document.place(parent, on_key=True).line
    inside = [
        document.place(keys).line for keys in document.values if keys[: len(mutation.keys)] == mutation.keys
    ]
    return start, max(inside)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode())))
def test_arbitrary_bytes_raise_only_rejected(content: bytes) -> None:
    """Whatever the bytes of the files, they are rejected, since all four files cannot have the same shape."""
    with pytest.raises(Rejected) as rejected:
        accept({kind: Source(kind, kind.value, content) for kind in DocumentKind})
    assert rejected.value.diagnostics


@LAWS
@given(configs())
def test_no_secret_is_in_any_artifact(data: Data) -> None:
    """With every referenced secret set, none of the values is in an artifact or a diagnostic."""
    canary = "canary-4f1b7c"
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        for variable in ("KEY", "SIGNATURE", "OPENAI_API_KEY"):
            patch.setenv(variable, canary)
        directory = Path(name)
        (directory / "key").write_text(canary)
        for kind, source in sources_of(data).items():
            (directory / kind.value).write_bytes(
                source.content.replace(b"file:/run/key", f"file:{name}/key".encode())
            )
        try:
            built = build(directory, about_to_run=True)
        except Rejected as rejected:
            shown, artifacts = repr(rejected.diagnostics), {}
        else:
            shown, artifacts = repr(built.checked.diagnostics), dict(built.release.artifacts)
        assert canary not in shown
        assert not [path for path, content in artifacts.items() if canary.encode() in content]


@LAWS
@given(configs())
def test_checks_do_not_depend_on_their_surroundings(data: Data) -> None:
    """The same files give the same diagnostics, however often they are checked."""
    documents = {kind: parse(source) for kind, source in sources_of(data).items()}
    config = validate(documents)
    assert check(config, documents, Facts()) == check(config, documents, Facts())
