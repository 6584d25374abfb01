"""The chain of clusters a request goes down, and Envoy's route for it."""

from dataclasses import dataclass

from generator.render.envoy.groups import groups
from generator.render.envoy.names import ATTEMPTS, LITELLM, STATE, cluster_name
from generator.render.envoy.xds import Json, extension, seconds, typed
from generator.topology import Branch, Lane, Limits, Provider, Route

_RETRY_ON = "connect-failure,refused-stream,reset,5xx,retriable-status-codes"
_RETRIED_STATUSES = (421, 429)
"""421 is what the stand-in for a provider without a healthy endpoint answers."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One cluster of a chain. `model` is the name asked of it, empty where it is made from each request."""

    cluster: str
    model: str
    public: str
    weight: float


Chain = tuple[tuple[Leg, ...], ...]
"""Legs, tried step by step, and within a step all of them in the order of a draw by weight."""


def chain_of(route: Route, last_resort_model: str, providers: dict[str, Provider]) -> Chain:
    """The chain of a route."""
    found = [
        tuple(leg for branch in attempt.branches for leg in _legs(branch, providers))
        for attempt in route.attempts
    ]
    if route.last_resort:
        found.append((Leg(LITELLM, last_resort_model, last_resort_model, 1),))
    return tuple(found)


def chain_route(name: str, chain: Chain, limits: Limits, apis: str, *, stream: bool) -> Json:
    """A route down a chain. `name` is what it is called in logs, `apis` the paths its model is served on."""
    legs = [leg for step in chain for leg in step]
    about: Json = {
        "apis": apis,
        "models": [leg.model for leg in legs],
        "public": [leg.public for leg in legs],
    }
    if any(len(step) > 1 for step in chain):
        about["weights"] = [[leg.weight for leg in step] for step in chain]
    patience, idle_ms = {"per_try_timeout": seconds(limits.request_ms)}, limits.request_ms
    if stream:
        patience, idle_ms = _streaming_limits(limits, len(legs))
    return typed(
        "config.route.v3.Route",
        name=name,
        match={"prefix": "/"},
        metadata={"filter_metadata": {STATE: about}},
        route={
            "cluster_specifier_plugin": _plugin_name(_clusters(chain)),
            "auto_host_rewrite": True,
            "timeout": seconds(limits.request_ms),
            "idle_timeout": seconds(idle_ms),
            "retry_policy": {
                "retry_on": _RETRY_ON,
                "retriable_status_codes": list(_RETRIED_STATUSES),
                "num_retries": len(legs) - 1,
                **patience,
                "refresh_cluster_on_retry": True,
                "retry_back_off": {"base_interval": "0.001s", "max_interval": "0.005s"},
            },
        },
    )


def _streaming_limits(limits: Limits, attempts: int) -> tuple[Json, int]:
    """What bounds each attempt of a stream, and the milliseconds of silence that end the whole.

    Servers send headers before the first token, so silence is never bounded by less than the time for the first token. One
    limit on each attempt's silence does for both; it stops acting beside a limit on the first byte, once that has passed. So
    where the first byte has less time than a later silence, the whole is bounded, by no less than all attempts may take.
    """
    first_token = seconds(limits.first_token_ms)
    if limits.idle_ms <= limits.first_token_ms:
        return {"per_try_idle_timeout": first_token}, limits.request_ms
    return {"per_try_timeout": first_token}, max(limits.idle_ms, attempts * limits.first_token_ms + 1000)


def chain_plugin(chain: Chain) -> Json:
    """What tries a chain's clusters in order, shared by all routes that go down the same clusters.

    Attempt n uses group n; request.lua names the groups in another order where weights say so.
    """
    clusters = _clusters(chain)
    groups = [
        {"name": str(place), "clusters": [{"cluster_name": cluster, "weight": 1}]}
        for place, cluster in enumerate(clusters, 1)
    ]
    specifier = extension(
        _plugin_name(clusters),
        "extensions.router.cluster_specifiers.priority_group.v3.PriorityGroupClusterSpecifier",
        priority_groups=groups,
        override_metadata_namespace=ATTEMPTS,
    )
    return {"extension": specifier}


def _clusters(chain: Chain) -> list[str]:
    return [leg.cluster for step in chain for leg in step]


def _plugin_name(clusters: list[str]) -> str:
    return " > ".join(clusters)


def _legs(branch: Branch, providers: dict[str, Provider]) -> list[Leg]:
    if branch.lane is Lane.LITELLM:
        model = f"{branch.provider}/{branch.engine_model}" if branch.engine_model else ""
        return [Leg(cluster_name(branch.lane, branch.provider), model, branch.public_model, branch.weight)]
    found = groups(providers[branch.provider])
    total = sum(len(group.endpoints) for group in found)
    return [
        Leg(
            group.cluster,
            branch.engine_model,
            branch.public_model,
            branch.weight * len(group.endpoints) / total,
        )
        for group in found
    ]
