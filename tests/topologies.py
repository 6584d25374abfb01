"""Hypothesis strategies and shortcuts for topologies: any that the types allow, and those that configurations compile to."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from generator.check import check
from generator.checks.subject import Facts
from generator.compile import compile_config
from generator.document import parse
from generator.source import Source
from generator.topology import (
    Alias,
    Api,
    Attempt,
    Branch,
    Deployment,
    Embedded,
    Endpoint,
    Header,
    HealthProbe,
    Lane,
    Limits,
    Logs,
    Pattern,
    Provider,
    PublicModel,
    Route,
    Secret,
    Service,
    Target,
    Topology,
)
from generator.validate import validate
from schemas.diagnostics import DocumentKind, Severity

_text = st.text(max_size=6)
_maybe = st.none() | _text
_count = st.integers(0, 2**40)
_names = st.sampled_from(["a", "b", "c", "d/e", "ü:1"])
_secrets = st.builds(Secret, environment=_names, file=st.none()) | st.builds(
    Secret, environment=st.none(), file=_names
)
_tags = st.lists(_text, max_size=2).map(tuple)
_limits = st.builds(Limits, _count, _count, _count, _count)
_prices = st.none() | st.floats(0, 1e6)
_branches = st.builds(Branch, _names, st.sampled_from(Lane), _names, st.integers(1, 9), _names)
_attempts = st.builds(Attempt, st.lists(_branches, min_size=1, max_size=2).map(tuple))
_routes = st.lists(
    st.builds(
        Route,
        st.lists(st.sampled_from(Api), min_size=1, max_size=2, unique=True).map(tuple),
        st.lists(_attempts, min_size=1, max_size=2).map(tuple),
        st.booleans(),
        _limits,
    ),
    max_size=2,
).map(tuple)


def _named(entries: st.SearchStrategy[Any], attribute: str = "name") -> st.SearchStrategy[tuple[Any, ...]]:
    """Entries sorted by their name, which no two of them share."""
    unique = st.lists(entries, max_size=3, unique_by=lambda entry: getattr(entry, attribute))
    return unique.map(lambda found: tuple(sorted(found, key=lambda entry: str(getattr(entry, attribute)))))


_deployments = _named(
    st.builds(
        Deployment,
        provider=st.just("p"),
        model=_names,
        capabilities=_tags,
        context_length=st.none() | _count,
        max_output=st.none() | _count,
        size=_maybe,
        quantisation=_maybe,
        tags=_tags,
        cost_input=_prices,
        cost_output=_prices,
    ),
    "model",
)
_providers = st.builds(
    Provider,
    name=_names,
    engine=_text,
    endpoints=st.lists(
        st.builds(Endpoint, st.booleans(), _names, st.integers(1, 65535), _text), max_size=2
    ).map(tuple),
    api_key=st.none() | _secrets,
    headers=st.lists(st.builds(Header, _names, _text | _secrets), max_size=2).map(tuple),
    probe=st.none() | st.builds(HealthProbe, _text, _count, _count, _count, _count),
    limits=_limits,
    description=_maybe,
    tags=_tags,
    deployments=_deployments,
    speaks=st.lists(st.sampled_from(Api), max_size=2, unique=True).map(tuple),
    any_model=st.booleans(),
).map(
    lambda provider: replace(
        provider, deployments=tuple(replace(d, provider=provider.name) for d in provider.deployments)
    )
)
_models = st.builds(
    PublicModel,
    name=_names,
    description=_maybe,
    tags=_tags,
    targets=st.lists(st.builds(Target, _names, _names, st.integers(0, 9)), max_size=2).map(tuple),
    fallbacks=_tags,
    lane_choice=_text,
    capabilities=_tags,
    context_length=st.none() | _count,
    max_output=st.none() | _count,
    routes=_routes,
)
_patterns = st.lists(
    st.builds(
        Pattern,
        id=st.just(""),
        regex=_text,
        rewrite=_maybe,
        provider=_names,
        description=_maybe,
        routes=_routes,
    ),
    max_size=3,
    unique_by=lambda pattern: pattern.regex,
).map(lambda found: tuple(replace(pattern, id=f"pattern-{index}") for index, pattern in enumerate(found)))


def topologies() -> st.SearchStrategy[Topology]:
    """Topologies whose names are unique where they have to be; otherwise anything that the types allow."""
    return st.builds(
        Topology,
        listen_address=_text,
        listen_port=st.integers(1, 65535),
        control_port=st.integers(1, 65535),
        workers=st.integers(0, 2),
        providers=_named(_providers),
        models=_named(_models),
        aliases=_named(st.builds(Alias, _names, _names)),
        patterns=_patterns,
        default_model=_maybe,
        embedded=st.none()
        | st.builds(Embedded, _text, _text, st.integers(1, 65535), _text, _text, _maybe, _count),
        logs=st.builds(Logs, _text, _count, _count),
        services=_named(
            st.builds(Service, _names, st.integers(1, 65535), _text, st.booleans(), _maybe, _maybe, _maybe)
        ),
    )


def topology_of(providers: str, mappings: str, gateway: str = "version: 1\n") -> Topology:
    """The topology that three documents compile to; the checks must not object."""
    texts = {
        DocumentKind.PROVIDERS: providers,
        DocumentKind.MAPPINGS: mappings,
        DocumentKind.GATEWAY: gateway,
    }
    documents = {kind: parse(Source(kind, kind.value, text.encode())) for kind, text in texts.items()}
    config = validate(documents)
    found = [
        entry for entry in check(config, documents, Facts()).diagnostics if entry.severity is Severity.ERROR
    ]
    assert found == []
    return compile_config(config)


def shipped_topology(root: Path) -> Topology:
    """The topology of the configuration that ships."""
    documents = {
        kind: parse(Source(kind, kind.value, (root / "config" / kind.value).read_bytes()))
        for kind in DocumentKind
    }
    return compile_config(validate(documents))
