"""portico explain: what happens to a request for a name."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portico.cli import output
from portico.cli.command import Command, config_option, json_option

if TYPE_CHECKING:
    from generator.explain import ApiAnswer, Explanation, Way
    from generator.topology import Api


def _names_that_start(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click calls it so
    """Public models and aliases for a shell; none while the file cannot be read."""
    from generator.document import parse
    from generator.source import Source
    from schemas.diagnostics import DocumentKind, Rejected

    path = Path(context.params.get("config") or "config") / DocumentKind.MAPPINGS.value
    try:
        data = parse(Source(DocumentKind.MAPPINGS, str(path), path.read_bytes())).data
    except (OSError, Rejected):
        return []
    known = [name for key in ("models", "aliases") if isinstance(data.get(key), dict) for name in data[key]]
    return sorted(name for name in known if name.startswith(incomplete))


@click.command(
    "explain",
    cls=Command,
    examples=[
        ("portico explain tiny", "where requests for `tiny` go, for every API"),
        ("portico explain code --path /v1/messages", "one API only"),
        ("portico explain gpt-4o --json", "the same as data"),
    ],
)
@click.argument("model", shell_complete=_names_that_start)
@click.option(
    "--path",
    "path",
    metavar="PATH",
    help="One API only, such as /v1/chat/completions (the /v1 may be left out).",
)
@json_option
@config_option
def command(model: str, path: str | None, *, as_json: bool, config: Path) -> int:
    """Tell how a name is matched, and for every API where its requests go, by which lane, and why.

    Reads the configuration, not what runs. A name that nobody knows is an answer too: it says what was perhaps meant.
    """
    from dataclasses import asdict

    from generator.compile import compile_config
    from generator.explain import explain
    from generator.topology import Api
    from portico.build import check_directory

    apis = tuple(Api) if path is None else (_api(path),)
    topology = compile_config(check_directory(config).config)
    explanation = explain(topology, model, apis)
    if as_json:
        output.json_data(asdict(explanation))
    else:
        output.data("\n".join(_lines(explanation)))
    return 0


def _api(path: str) -> "Api":
    from generator.topology import Api

    wanted = path if path.startswith("/v1/") else f"/v1/{path.lstrip('/')}"
    try:
        return Api(wanted)
    except ValueError:
        raise click.BadParameter(
            f"{path!r} is not an API; choose one of {', '.join(Api)}", param_hint="--path"
        ) from None


def _lines(explanation: "Explanation") -> list[str]:
    lines = [_matched(explanation)]
    if explanation.description is not None:
        lines.append(explanation.description)
    if explanation.capabilities:
        context = (
            f", context {explanation.context_length} tokens" if explanation.context_length is not None else ""
        )
        lines.append(f"can do {', '.join(explanation.capabilities)}{context}")
    served: dict[tuple[str, ...], list[str]] = {}
    refused: dict[str, list[str]] = {}
    for answer in explanation.apis:
        if answer.not_served is None:
            served.setdefault(tuple(_ways(answer)), []).append(answer.api)
        else:
            refused.setdefault(_for_all(answer.not_served, answer.api), []).append(answer.api)
    for ways, apis in served.items():
        lines += ["", *apis, *(f"  {line}" for line in ways)]
    for why, apis in refused.items():
        lines += ["", *apis, f"  not served: {why}"]
    return lines


def _matched(explanation: "Explanation") -> str:
    from generator.explain import MatchKind

    asked, match = explanation.asked, explanation.match
    match match.kind:
        case MatchKind.MODEL:
            return f"{asked} is a model"
        case MatchKind.ALIAS:
            return f"{asked} is an alias of {match.model}"
        case MatchKind.PATTERN:
            return f"{asked} matches pattern {match.number}, {match.pattern}"
        case MatchKind.DEFAULT:
            return f"{asked} is unknown; unknown names are served by {match.model}"
        case _:
            near = " or ".join(match.suggestions)
            return f"{asked} is unknown and gets 404" + (f"; did you mean {near}?" if near else "")


def _ways(answer: "ApiAnswer") -> list[str]:
    """The attempts of one API, numbered; the API itself is not named, so that APIs that go the same way are told together."""
    from generator.traits import limits_text

    lines = []
    for number, ways in enumerate(answer.attempts, 1):
        total = sum(way.weight for way in ways)
        for way in ways:
            share = f" {100 * way.weight / total:.0f}%" if len(ways) > 1 else ""
            lead = f"{number}." if way is ways[0] else "  "
            lines.append(
                f"{lead} {way.provider}/{way.engine_model}{share}: {way.lane}, {_for_all(way.why, answer.api)}{_of(way, number)}"
            )
    if answer.last_resort:
        lines.append(f"{len(answer.attempts) + 1}. LiteLLM, as the last resort")
    lines += [
        f"-  {entry.provider}/{entry.engine_model} is left out: {_for_all(entry.why, answer.api)}"
        for entry in answer.left_out
    ]
    if answer.limits is not None:
        lines.append(f"timeouts: {limits_text(answer.limits)}")
    return lines


def _of(way: "Way", number: int) -> str:
    return f" (fallback {way.public_model})" if number > 1 else ""


def _for_all(why: str, api: str) -> str:
    return why.replace(api, "this API")
