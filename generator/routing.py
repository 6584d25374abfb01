"""How requests for a public model can go: attempts, lanes and limits, per API."""

from dataclasses import replace
from functools import cache

from generator.engines import apis_of, engine
from generator.topology import Api, Attempt, Branch, Deployment, Lane, Limits, Provider, Route
from schemas.mappings import LaneChoice, ModelMapping, Target


class Routing:
    """Resolves mappings against the active providers. All names must be known to exist."""

    def __init__(
        self,
        providers: dict[str, Provider],
        models: dict[str, ModelMapping],
        aliases: dict[str, str],
        *,
        workers: int,
    ) -> None:
        self._providers = providers
        self._models = models
        self._aliases = aliases
        self._workers = workers
        self._attempts: dict[tuple[str, Api], Attempt | None] = {}
        self._deployments = {(p.name, d.model): d for p in providers.values() for d in p.deployments}

    def deployments(self, entry: ModelMapping) -> list[Deployment]:
        """The deployments of a mapping's targets that get requests."""
        return [self._deployments[t.provider, t.model] for t in entry.targets if t.weight > 0]

    def fallbacks(self, entry: ModelMapping) -> tuple[str, ...]:
        """A mapping's fallbacks as public models, aliases resolved."""
        return tuple(self._aliases.get(name, name) for name in entry.fallbacks)

    def routes(self, name: str, entry: ModelMapping) -> tuple[Route, ...]:
        """One route per set of APIs that go the same way; an API nobody can serve is in none."""
        chain = [(name, entry), *((model, self._models[model]) for model in self.fallbacks(entry))]
        by_attempts: dict[tuple[Attempt, ...], list[Api]] = {}
        for api in Api:
            own = self._attempt(name, entry, api)
            if own is None:
                continue
            attempts = [self._attempt(model, mapping, api) for model, mapping in chain]
            key = tuple(attempt for attempt in attempts if attempt is not None)
            by_attempts.setdefault(key, []).append(api)
        return tuple(self._route(tuple(apis), attempts, entry.lane) for attempts, apis in by_attempts.items())

    def pattern_routes(self, provider_name: str) -> tuple[Route, ...]:
        """Routes of a pattern: every API its provider's engine, or LiteLLM, can serve."""
        provider = self._providers[provider_name]
        by_lane: dict[Lane, list[Api]] = {}
        for api in Api:
            lane = lane_for(provider.engine, api, LaneChoice.AUTO, workers=self._workers)
            if lane is not None:
                by_lane.setdefault(lane, []).append(api)
        return tuple(
            replace(
                self._route(
                    tuple(apis), (Attempt((Branch(provider_name, lane, "", 1, ""),)),), LaneChoice.AUTO
                ),
                last_resort=False,
            )
            for lane, apis in by_lane.items()
        )

    def _attempt(self, name: str, entry: ModelMapping, api: Api) -> Attempt | None:
        """The targets of one public model for one API; asked for again by every model that falls back to it."""
        if (name, api) not in self._attempts:
            self._attempts[name, api] = self._new_attempt(name, entry, api)
        return self._attempts[name, api]

    def _new_attempt(self, name: str, entry: ModelMapping, api: Api) -> Attempt | None:
        branches = [
            self._branch(name, entry.lane, target, api) for target in entry.targets if target.weight > 0
        ]
        found = tuple(branch for branch in branches if branch is not None)
        return Attempt(found) if found else None

    def _branch(self, name: str, choice: LaneChoice, target: Target, api: Api) -> Branch | None:
        deployment = self._deployments[target.provider, target.model]
        lane = lane_for(self._providers[target.provider].engine, api, choice, workers=self._workers)
        if lane is None or api not in apis_of(deployment.capabilities):
            return None
        return Branch(target.provider, lane, target.model, target.weight, name)

    def _route(self, apis: tuple[Api, ...], attempts: tuple[Attempt, ...], choice: LaneChoice) -> Route:
        branches = [branch for attempt in attempts for branch in attempt.branches]
        direct = any(branch.lane is Lane.DIRECT for branch in branches)
        return Route(
            apis,
            attempts,
            direct and self._workers > 0 and choice is not LaneChoice.DIRECT,
            _longest([self._providers[b.provider].limits for b in branches]),
        )


@cache
def lane_for(engine_name: str, api: Api, choice: LaneChoice, *, workers: int) -> Lane | None:
    """The lane that requests of an API take to an engine; None where there is none. `workers` counts LiteLLM processes."""
    known = engine(engine_name)
    if choice is not LaneChoice.LITELLM and api in known.speaks:
        return Lane.DIRECT
    if choice is LaneChoice.DIRECT or workers == 0:
        return None
    return Lane.LITELLM if api in known.litellm_apis else None


def _longest(limits: list[Limits]) -> Limits:
    return Limits(
        connect_ms=max(limit.connect_ms for limit in limits),
        first_token_ms=max(limit.first_token_ms for limit in limits),
        idle_ms=max(limit.idle_ms for limit in limits),
        request_ms=max(limit.request_ms for limit in limits),
    )
