"""portico providers: what exists, and how it is."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from portico.cli import output
from portico.cli.command import Command, config_option, json_option

if TYPE_CHECKING:
    from portico.build import Checked
    from portico.probe import ProbeResult
    from schemas.providers import Provider


@click.command(
    "providers",
    cls=Command,
    examples=[
        ("portico providers", "every provider of providers.yaml"),
        (
            "portico providers --probe",
            "ask each active endpoint how it is; spends no token and loads no model",
        ),
        ("portico providers --probe --json", "the same as data"),
    ],
)
@click.option(
    "--probe", "with_probe", is_flag=True, help="Ask the endpoints of active providers how they are."
)
@json_option
@config_option
def command(*, with_probe: bool, as_json: bool, config: Path) -> int:
    """List the providers, with their endpoints, models and keys.

    With --probe each active endpoint is asked by its health path, and for its version and models where that is free.
    """
    from portico.build import check_directory

    checked = check_directory(config)
    probes = _probe(checked, config) if with_probe else None
    providers = checked.config.providers.providers
    if as_json:
        output.json_data(
            {"providers": [_data(name, entry, config, probes) for name, entry in providers.items()]}
        )
        return 0
    rows = [_row(name, entry, config) for name, entry in providers.items()]
    output.table(("provider", "engine", "status", "endpoints", "models", "key", "tags", "description"), rows)
    if probes is not None:
        output.data("")
        shown = [_probe_row(result) for results in probes.values() for result in results]
        output.table(
            ("provider", "endpoint", "answer", "latency", "version", "models there", "detail"), shown
        )
    return 0


def _probe(checked: "Checked", config: Path) -> "Mapping[str, list[ProbeResult]]":
    from generator.compile import compile_config
    from portico.probe import probe_providers

    found: dict[str, list[ProbeResult]] = {}
    for result in probe_providers(compile_config(checked.config).providers, config):
        found.setdefault(result.provider, []).append(result)
    return found


def _row(name: str, entry: "Provider", config: Path) -> list[str]:
    return [
        name,
        entry.engine,
        entry.status.value,
        ", ".join(entry.endpoints),
        str(len(entry.models)),
        _key(entry, config),
        ", ".join(entry.tags),
        entry.description or "",
    ]


def _key(entry: "Provider", config: Path) -> str:
    """The reference to the key, and whether it has a value here."""
    from portico.files import secret_has_value

    if entry.api_key is None:
        return ""
    return entry.api_key if secret_has_value(entry.api_key, config) else f"{entry.api_key} (no value)"


def _probe_row(result: "ProbeResult") -> list[str]:
    latency = "" if result.latency_ms is None else f"{result.latency_ms:.0f} ms"
    models = "" if result.models is None else str(len(result.models))
    return [
        result.provider,
        result.url,
        result.answer.value,
        latency,
        result.version or "",
        models,
        result.detail,
    ]


def _data(
    name: str, entry: "Provider", config: Path, probes: "Mapping[str, list[ProbeResult]] | None"
) -> dict[str, Any]:
    from portico.files import secret_has_value

    shown: dict[str, Any] = {
        "name": name,
        "engine": entry.engine,
        "status": entry.status.value,
        "description": entry.description,
        "tags": list(entry.tags),
        "endpoints": list(entry.endpoints),
        "api_key": entry.api_key,
        "api_key_has_value": None if entry.api_key is None else secret_has_value(entry.api_key, config),
        "models": list(entry.models),
    }
    if probes is not None:
        results = [asdict(result) for result in probes.get(name, [])]
        shown["probes"] = [
            {key: value for key, value in result.items() if key != "provider"} for result in results
        ]
    return shown
