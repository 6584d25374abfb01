"""Small configurations for tests of single checks."""

import json
from typing import Any, cast

from generator.checks.subject import Check, Facts, Subject
from schemas.config import FILE_TYPES, Config
from schemas.diagnostics import DocumentKind, Finding, KeyPath
from schemas.gateway import GatewayFile
from schemas.mappings import MappingsFile
from schemas.providers import ProvidersFile

Entry = dict[str, Any]


def provider(*names: str, engine: str = "vllm", **keys: Any) -> Entry:
    """A provider that lists models under these names, all with the same capabilities unless `models` says otherwise."""
    entry: Entry = {
        "engine": engine,
        "endpoints": ["http://127.0.0.1:8001"],
        "models": {name: {} for name in names},
    }
    return entry | keys


def to(*targets: str, **keys: Any) -> Entry:
    """A public model with targets written as `provider/model` or `provider/model*weight`."""
    written = []
    for target in targets:
        name, _, weight = target.partition("*")
        owner, _, model = name.partition("/")
        written.append({"provider": owner, "model": model} | ({"weight": int(weight)} if weight else {}))
    return {"targets": written, **keys}


def subject(
    providers: Entry | None = None,
    models: Entry | None = None,
    *,
    gateway: Entry | None = None,
    facts: Facts | None = None,
    **mappings: Any,
) -> Subject:
    """A subject with a provider `p` that lists `m`, unless told otherwise. `mappings` are further keys of model-mappings.yaml."""
    data = {
        DocumentKind.PROVIDERS: {
            "version": 1,
            "providers": {"p": provider("m")} if providers is None else providers,
        },
        DocumentKind.MAPPINGS: {"version": 1, "models": {} if models is None else models, **mappings},
    }
    if gateway is not None:
        data[DocumentKind.GATEWAY] = {"version": 1, **gateway}
    files = {kind: FILE_TYPES[kind].model_validate_json(json.dumps(value)) for kind, value in data.items()}
    config = Config(
        providers=cast(ProvidersFile, files[DocumentKind.PROVIDERS]),
        mappings=cast(MappingsFile, files[DocumentKind.MAPPINGS]),
        gateway=cast(GatewayFile, files.get(DocumentKind.GATEWAY) or GatewayFile(version=1)),
        ports=None,
    )
    return Subject(config, facts or Facts())


def find(check: Check, *args: Entry | None, **kwargs: Any) -> list[Finding]:
    """What a check finds in a configuration, given as for `subject`."""
    return list(check.find(subject(*args, **kwargs)))


def places(findings: list[Finding]) -> list[KeyPath]:
    """The nodes that findings point at."""
    return [finding.at.keys for finding in findings]
