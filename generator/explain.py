"""What happens to a request for a name: how the name is matched, and for every API where it goes, by which lane, and why."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from generator.checks.regex import compile_regex, rewritten
from generator.checks.subject import nearest
from generator.engines import apis_of
from generator.topology import Api, Branch, Lane, Limits, Pattern, PublicModel, Route, Topology
from schemas.engines import LOCAL_ENGINES
from schemas.mappings import LaneChoice
from schemas.providers import Capability


class MatchKind(StrEnum):
    """How a name is known."""

    MODEL = "model"
    ALIAS = "alias"
    PATTERN = "pattern"
    DEFAULT = "default"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """How a name was resolved. `model` is the public model it stands for, None for patterns and unknown names."""

    kind: MatchKind
    model: str | None
    pattern: str | None
    """The regular expression that matched."""
    number: int | None
    """Which pattern it was, counted from 1 in the order in which they are tried."""
    suggestions: tuple[str, ...]
    """Known names that were perhaps meant; only for unknown names."""


@dataclass(frozen=True, slots=True)
class Way:
    """A deployment that a request may reach. `public_model` is the model asked for, or a fallback of it."""

    provider: str
    engine_model: str
    engine: str
    lane: Lane
    why: str
    weight: int
    public_model: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A configured target that gets no request for an API."""

    provider: str
    engine_model: str
    why: str


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """What happens on one API. `attempts` are tried in order after failures; without any, `not_served` says why."""

    api: Api
    attempts: tuple[tuple[Way, ...], ...]
    last_resort: bool
    """Whether LiteLLM, asked for the public model, comes after all attempts."""
    limits: Limits | None
    left_out: tuple[LeftOut, ...]
    not_served: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer about one name."""

    asked: str
    match: Match
    description: str | None
    capabilities: tuple[str, ...]
    context_length: int | None
    fallbacks: tuple[str, ...]
    apis: tuple[ApiAnswer, ...]
    """In the order of `Api`; empty for unknown names."""


def explain(topology: Topology, name: str, apis: Iterable[Api] = tuple(Api)) -> Explanation:
    """Follow a name through models, aliases, patterns and the answer to unknown names, in that order."""
    model = topology.resolve(name)
    if model is not None:
        kind = MatchKind.MODEL if model.name == name else MatchKind.ALIAS
        return _of_model(topology, name, Match(kind, model.name, None, None, ()), model, apis)
    for number, pattern in enumerate(topology.patterns, 1):
        groups = compile_regex(pattern.regex).match(name)
        if groups is not None:
            wanted = name if pattern.rewrite is None else rewritten(pattern.rewrite, groups)
            return _of_pattern(topology, name, number, pattern, wanted, apis)
    if topology.default_model is not None:
        default = topology.resolve(topology.default_model)
        if default is not None:
            return _of_model(
                topology, name, Match(MatchKind.DEFAULT, default.name, None, None, ()), default, apis
            )
    return Explanation(
        name, Match(MatchKind.UNKNOWN, None, None, None, _suggestions(topology, name)), None, (), None, (), ()
    )


def _of_model(
    topology: Topology, asked: str, match: Match, model: PublicModel, apis: Iterable[Api]
) -> Explanation:
    answers = tuple(_answer(topology, model, api) for api in apis)
    return Explanation(
        asked, match, model.description, model.capabilities, model.context_length, model.fallbacks, answers
    )


def _of_pattern(
    topology: Topology, asked: str, number: int, pattern: Pattern, wanted: str, apis: Iterable[Api]
) -> Explanation:
    match = Match(MatchKind.PATTERN, None, pattern.regex, number, ())
    answers: list[ApiAnswer] = []
    for api in apis:
        route = _route(pattern.routes, api)
        if route is None:
            why = _why_no_lane(topology, pattern.provider, api, LaneChoice.AUTO)
            answers.append(ApiAnswer(api, (), last_resort=False, limits=None, left_out=(), not_served=why))
            continue
        branches = [branch for attempt in route.attempts for branch in attempt.branches]
        ways = tuple(
            _way(topology, branch, api, LaneChoice.AUTO, engine_model=wanted, public_model=asked)
            for branch in branches
        )
        answers.append(ApiAnswer(api, (ways,), route.last_resort, route.limits, (), None))
    return Explanation(asked, match, pattern.description, (), None, (), tuple(answers))


def _answer(topology: Topology, model: PublicModel, api: Api) -> ApiAnswer:
    route = _route(model.routes, api)
    left_out = tuple(_left_out(topology, model, route, api))
    if route is None:
        why = _why_not_served(model, api, left_out)
        return ApiAnswer(api, (), last_resort=False, limits=None, left_out=(), not_served=why)
    choices = {entry.name: LaneChoice(entry.lane_choice) for entry in topology.models}
    attempts = tuple(
        tuple(
            _way(
                topology,
                branch,
                api,
                choices[branch.public_model],
                engine_model=branch.engine_model,
                public_model=branch.public_model,
            )
            for branch in attempt.branches
        )
        for attempt in route.attempts
    )
    return ApiAnswer(api, attempts, route.last_resort, route.limits, left_out, None)


def _why_not_served(model: PublicModel, api: Api, left_out: tuple[LeftOut, ...]) -> str:
    if api not in apis_of(model.capabilities):
        return f"no target can do {_needed(api)}"
    return "; ".join(dict.fromkeys(entry.why for entry in left_out))


def _left_out(topology: Topology, model: PublicModel, route: Route | None, api: Api) -> Iterable[LeftOut]:
    used = {
        (branch.provider, branch.engine_model)
        for attempt in (route.attempts if route else ())
        for branch in attempt.branches
        if branch.public_model == model.name
    }
    for target in model.targets:
        if (target.provider, target.engine_model) not in used:
            yield LeftOut(
                target.provider,
                target.engine_model,
                _why_left_out(topology, model, target.provider, target.engine_model, api),
            )


def _why_left_out(topology: Topology, model: PublicModel, provider: str, engine_model: str, api: Api) -> str:
    if all(t.weight == 0 for t in model.targets if (t.provider, t.engine_model) == (provider, engine_model)):
        return "its weight is 0"
    deployment = next(d for d in topology.provider(provider).deployments if d.model == engine_model)
    if api not in apis_of(deployment.capabilities):
        return f"`{engine_model}` on {provider} cannot do {_needed(api)}, only {', '.join(deployment.capabilities)}"
    return _why_no_lane(topology, provider, api, LaneChoice(model.lane_choice))


def _way(
    topology: Topology, branch: Branch, api: Api, choice: LaneChoice, *, engine_model: str, public_model: str
) -> Way:
    provider = topology.provider(branch.provider)
    if branch.lane is Lane.DIRECT:
        why = f"{provider.engine} speaks {api} itself"
    elif choice is LaneChoice.LITELLM:
        why = "`lane: litellm` is set"
    elif provider.engine not in LOCAL_ENGINES:
        why = f"{provider.engine} is reached through LiteLLM"
    else:
        why = f"{provider.engine} does not speak {api}, LiteLLM translates"
    return Way(branch.provider, engine_model, provider.engine, branch.lane, why, branch.weight, public_model)


def _why_no_lane(topology: Topology, provider_name: str, api: Api, choice: LaneChoice) -> str:
    """Why neither lane serves an API of a provider."""
    provider = topology.provider(provider_name)
    direct = None if choice is LaneChoice.LITELLM else f"{provider.engine} does not speak {api}"
    if choice is LaneChoice.DIRECT:
        return f"{direct}, and `lane: direct` is set"
    if topology.workers == 0:
        off = "the LiteLLM lane is off (`litellm.workers: 0`)"
        return f"{direct}, and {off}" if direct else f"`lane: litellm` is set, and {off}"
    return (
        f"LiteLLM does not serve {api} in front of {provider.engine}"
        if direct is None
        else f"{direct}, nor does LiteLLM for it"
    )


def _needed(api: Api) -> str:
    """The capabilities of which a deployment needs one to serve an API."""
    return " or ".join(capability for capability in Capability if api in apis_of((capability.value,)))


def _route(routes: tuple[Route, ...], api: Api) -> Route | None:
    return next((route for route in routes if api in route.apis), None)


def _suggestions(topology: Topology, name: str) -> tuple[str, ...]:
    known = sorted({model.name for model in topology.models} | {alias.name for alias in topology.aliases})
    meant = nearest(name, known)
    folded = {entry.casefold(): entry for entry in known}
    close = [folded[entry] for entry in difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)]
    return tuple(dict.fromkeys(([meant] if meant is not None else []) + close))[:3]
