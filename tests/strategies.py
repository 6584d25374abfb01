"""Hypothesis strategies: configurations that every check accepts, and single mutations of them."""

import copy
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from schemas.diagnostics import DocumentKind, KeyPath
from tests.configs import Data

_names = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True).filter(
    lambda n: n not in {"yes", "no", "on", "off"}
)
_engine_models = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs", "Cn", "Cf", "Co")),
    min_size=1,
    max_size=12,
)
_durations = st.sampled_from(["250ms", "5s", "90s", "10m"])
_CAPABILITIES = {
    "ollama": ["chat", "completion", "embedding", "tools"],
    "llamacpp": ["chat", "completion", "embedding", "rerank", "tools"],
    "vllm": ["chat", "completion", "embedding", "rerank", "tools", "vision"],
    "sglang": ["chat", "completion", "tools"],
    "tgi": ["chat", "completion"],
    "openai-compatible": ["chat", "completion"],
    "openai": ["chat", "tools"],
}


@st.composite
def _model(draw: st.DrawFn, engine: str) -> dict[str, Any]:
    choices = _CAPABILITIES[engine]
    capabilities = draw(st.lists(st.sampled_from(choices), min_size=1, unique=True))
    if not {"chat", "completion", "embedding", "rerank"} & set(capabilities):
        capabilities.append("chat")
    model: dict[str, Any] = {"capabilities": capabilities}
    if draw(st.booleans()):
        model["context_length"] = 8192
        model["max_output"] = draw(st.sampled_from([128, 4096]))
    if draw(st.booleans()):
        model |= {
            "size": "7B",
            "quantisation": "Q4_K_M",
            "tags": ["a"],
            "cost": {"input": 0.5, "output": 1.5},
        }
    return model


@st.composite
def _provider(draw: st.DrawFn, index: int) -> dict[str, Any]:
    engine = draw(st.sampled_from(sorted(_CAPABILITIES)))
    names = draw(st.lists(_engine_models, min_size=1, max_size=3, unique=True))
    provider: dict[str, Any] = {"engine": engine, "models": {name: draw(_model(engine)) for name in names}}
    if engine == "openai":
        provider["api_key"] = "${OPENAI_API_KEY}"
        return provider
    count = draw(st.integers(1, 3))
    provider["endpoints"] = [f"http://127.0.0.{1 + index}:{20000 + copy_}" for copy_ in range(count)]
    if draw(st.booleans()):
        provider["api_key"] = draw(st.sampled_from(["${KEY}", "file:/run/key"]))
    if draw(st.booleans()):
        provider["headers"] = {"X-Team": "a b", "X-Sig": "${SIGNATURE}"}
    if draw(st.booleans()):
        provider["timeouts"] = {"first_token": draw(_durations)}
    return provider


@st.composite
def configs(draw: st.DrawFn) -> Data:
    """A configuration whose shape and names are right. Checks may still object to how things fit together."""
    names = draw(st.lists(_names, min_size=1, max_size=4, unique=True))
    providers = {name: draw(_provider(index)) for index, name in enumerate(names)}
    targets = [(provider, model) for provider, entry in providers.items() for model in entry["models"]]
    public = draw(st.lists(_engine_models, min_size=1, max_size=5, unique=True))
    models: dict[str, Any] = {}
    for position, name in enumerate(public):
        chosen = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=3, unique=True))
        entry: dict[str, Any] = {
            "targets": [{"provider": p, "model": m, "weight": draw(st.integers(1, 9))} for p, m in chosen]
        }
        if position and draw(st.booleans()):
            entry["fallbacks"] = [draw(st.sampled_from(public[:position]))]
        models[name] = entry
    mappings: dict[str, Any] = {"version": 1, "models": models}
    aliases = [name for name in draw(st.lists(_names, max_size=2, unique=True)) if name not in models]
    if aliases:
        mappings["aliases"] = {name: draw(st.sampled_from(public)) for name in aliases}
    if draw(st.booleans()):
        mappings["unknown_model"] = {"answer": "default", "model": public[0]}
    if draw(st.booleans()):
        mappings["patterns"] = [{"match": "via/(.+)", "provider": names[0], "model": "\\1"}]
    gateway = {"version": 1, "litellm": {"workers": draw(st.sampled_from([1, 2]))}}
    return {
        DocumentKind.PROVIDERS: {"version": 1, "providers": providers},
        DocumentKind.MAPPINGS: mappings,
        DocumentKind.GATEWAY: gateway,
    }


@dataclass(frozen=True)
class Mutation:
    """A configuration with one node changed. `keys` is the node that was changed, or the parent of a key that was added or removed."""

    data: Data
    kind: DocumentKind
    keys: KeyPath


def _nodes(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    found = [path]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += _nodes(child, (*path, key))
    return found


@st.composite
def mutations(draw: st.DrawFn, base: Data) -> Mutation:
    """One node replaced by something of another type, or a mapping given a key that it does not know."""
    data = copy.deepcopy(base)
    kind = draw(st.sampled_from(sorted(data)))
    keys = draw(st.sampled_from([path for path in _nodes(data[kind]) if path]))
    parent = data[kind]
    for key in keys[:-1]:
        parent = parent[key]
    value = parent[keys[-1]]
    replacements: list[Any] = [None, True, -1, 1.5, "no such thing", [], {}, [[]], {"nope": 1}, 10**30]
    if isinstance(value, dict) and draw(st.booleans()):
        value["definitely_not_a_key"] = 1
    else:
        parent[keys[-1]] = draw(
            st.sampled_from([r for r in replacements if type(r) is not type(value) or r != value])
        )
    return Mutation(data, kind, keys)
