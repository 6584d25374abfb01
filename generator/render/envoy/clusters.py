"""cds.json: a cluster per provider and lane, each with the filters that every attempt goes through."""

from generator.render.envoy.endpoints import ANSWERING_421, REFUSING, assignment, is_address
from generator.render.envoy.groups import Group, groups
from generator.render.envoy.names import (
    CA_BUNDLE,
    CONTROL,
    LITELLM,
    cluster_name,
    eds_path,
    header_secret,
    secret_path,
)
from generator.render.envoy.xds import Json, extension, from_file, lua_file, lua_filter, seconds, typed
from generator.topology import HealthProbe, Lane, Provider, Secret, Topology

_UNLIMITED = 1_000_000

_LOAD_BALANCING: Json = {
    "healthy_panic_threshold": {"value": 0},
    # By default changes of health reach the workers up to a second late: requests would go to an endpoint known to be down, and
    # none to one known to be up.
    "update_merge_window": "0s",
}


def clusters(topology: Topology) -> list[Json]:
    """Every cluster. Those of the direct lane exist whether a route uses them or not, so that their health is known."""
    direct = [
        _direct(provider, group)
        for provider in topology.providers
        if provider.speaks
        for group in groups(provider)
    ]
    routes = [route for model in topology.models for route in model.routes]
    routes += [route for pattern in topology.patterns for route in pattern.routes]
    branches = [branch for route in routes for attempt in route.attempts for branch in attempt.branches]
    translated = sorted({branch.provider for branch in branches if branch.lane is Lane.LITELLM})
    litellm = [*map(_through_litellm, translated), _litellm()]
    return direct + (litellm if topology.workers else []) + [_control(topology.control_port)]


def _cluster(name: str, connect_ms: int, **fields: object) -> Json:
    return typed(
        "config.cluster.v3.Cluster",
        name=name,
        connect_timeout=seconds(connect_ms),
        # The defaults are small and their overflow is not retried; limits belong to providers, not to Envoy.
        circuit_breakers={
            "thresholds": [
                {
                    "max_connections": _UNLIMITED,
                    "max_pending_requests": _UNLIMITED,
                    "max_requests": _UNLIMITED,
                    "max_retries": _UNLIMITED,
                }
            ]
        },
        **fields,
    )


def _direct(provider: Provider, group: Group) -> Json:
    context = {
        "lane": Lane.DIRECT.value,
        "provider": provider.name,
        "path_prefix": group.first.prefix,
        "name_prefix": "",
        "headers": {
            header.name.lower(): header.value for header in provider.headers if isinstance(header.value, str)
        },
        "header_names": [header.name.lower() for header in provider.headers],
    }
    injected = [
        _inject(header_secret(provider, header.name), header.name.lower())
        for header in provider.headers
        if isinstance(header.value, Secret)
    ]
    if provider.api_key is not None:
        injected.insert(0, _inject(provider.name, "authorization"))
    cluster = _cluster(
        group.cluster,
        provider.limits.connect_ms,
        lb_policy="LEAST_REQUEST",
        common_lb_config=_LOAD_BALANCING,
        outlier_detection=_ejection(answers=True, connections=group.resolved),
        typed_extension_protocol_options=_protocol(context, injected),
        upstream_connection_options={"tcp_keepalive": {"keepalive_time": 60, "keepalive_interval": 15}},
        **_discovery(group),
    )
    if provider.probe is not None:
        cluster["health_checks"] = [
            _health(provider.probe, group.first.prefix, keyed=provider.api_key is not None)
        ]
    if group.first.tls:
        cluster["transport_socket"] = _tls(group.first.host)
        cluster["transport_socket_matches"] = [
            {
                "name": "plain",
                "match": {"plain": True},
                "transport_socket": extension(
                    "envoy.transport_sockets.raw_buffer",
                    "extensions.transport_sockets.raw_buffer.v3.RawBuffer",
                ),
            }
        ]
    return cluster


def _litellm() -> Json:
    return _cluster(
        LITELLM,
        1000,
        type="EDS",
        eds_cluster_config={"eds_config": from_file(eds_path(LITELLM))},
        lb_policy="LEAST_REQUEST",
        common_lb_config=_LOAD_BALANCING,
        outlier_detection=_ejection(answers=False, connections=True),
        typed_extension_protocol_options=_litellm_protocol(LITELLM, ""),
    )


def _through_litellm(provider: str) -> Json:
    """LiteLLM's workers under another name, so that attempts know whose deployment they ask for.

    An aggregate has its own filters and needs no subscription of its own: Envoy takes an inotify instance for every file that a
    cluster watches, and a user has 128 by default.
    """
    return _cluster(
        cluster_name(Lane.LITELLM, provider),
        1000,
        lb_policy="CLUSTER_PROVIDED",
        cluster_type=extension(
            "envoy.clusters.aggregate", "extensions.clusters.aggregate.v3.ClusterConfig", clusters=[LITELLM]
        ),
        typed_extension_protocol_options=_litellm_protocol(provider, f"{provider}/"),
    )


def _litellm_protocol(provider: str, name_prefix: str) -> Json:
    context = {
        "lane": Lane.LITELLM.value,
        "provider": provider,
        "path_prefix": "",
        "name_prefix": name_prefix,
    }
    return _protocol(context, [_inject(LITELLM, "authorization")])


def _control(port: int) -> Json:
    address = {"socket_address": {"address": "127.0.0.1", "port_value": port}}
    return _cluster(
        CONTROL,
        1000,
        type="STATIC",
        load_assignment={
            "cluster_name": CONTROL,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
    )


def _discovery(group: Group) -> Json:
    if group.resolved:
        return {
            "type": "STATIC",
            "load_assignment": assignment(group.cluster, group.endpoints, ANSWERING_421),
        }
    return {
        "cluster_type": extension(
            "envoy.clusters.dns",
            "extensions.clusters.dns.v3.DnsCluster",
            dns_lookup_family="V4_PREFERRED",
            dns_refresh_rate="30s",
            dns_failure_refresh_rate={"base_interval": "1s", "max_interval": "10s"},
        ),
        # A name that does not resolve must not hold up the start.
        "wait_for_warm_on_init": False,
        "load_assignment": assignment(group.cluster, group.endpoints, REFUSING),
    }


def _ejection(*, answers: bool, connections: bool) -> Json:
    """Which failures leave an endpoint out for a while.

    LiteLLM's 5xx are its providers', so they say nothing about it. Failing connections do not count where the stand-in refuses
    connections itself: it would be left out as well.
    """
    return {
        "interval": "2s",
        "base_ejection_time": "10s",
        "max_ejection_time": "60s",
        "max_ejection_percent": 100,
        "consecutive_5xx": 5,
        "enforcing_consecutive_5xx": 100 if answers else 0,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "enforcing_local_origin_success_rate": 0,
        "split_external_local_origin_errors": True,
        "consecutive_local_origin_failure": 3,
        "enforcing_consecutive_local_origin_failure": 100 if connections else 0,
    }


def _protocol(context: Json, injected: list[Json]) -> Json:
    codec = extension(
        "envoy.filters.http.upstream_codec", "extensions.filters.http.upstream_codec.v3.UpstreamCodec"
    )
    code = lua_file("scan") + lua_file("attempt")
    if context["lane"] == Lane.LITELLM:
        code += lua_file("fields") + lua_file("failure")
    attempt = lua_filter(code, filter_context=context)
    options = typed(
        "extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config={"http_protocol_options": {}},
        # Below the 5 s after which uvicorn and cpp-httplib close a connection that is kept alive.
        common_http_protocol_options={"idle_timeout": "4s"},
        http_filters=[attempt, *injected, codec],
    )
    return {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options}


def _inject(secret: str, header: str) -> Json:
    credential = extension(
        "envoy.http.injected_credentials.generic",
        "extensions.http.injected_credentials.generic.v3.Generic",
        credential={"name": secret, "sds_config": from_file(secret_path(secret))},
        header=header,
    )
    return extension(
        f"credential-{header}",
        "extensions.filters.http.credential_injector.v3.CredentialInjector",
        overwrite=True,
        credential=credential,
    )


def _health(probe: HealthProbe, prefix: str, *, keyed: bool) -> Json:
    check: Json = {"path": prefix + probe.path}
    if keyed:
        # A probe carries no secret: a server that asks for its key is up.
        check["expected_statuses"] = [
            {"start": 200, "end": 201},
            {"start": 401, "end": 402},
            {"start": 403, "end": 404},
        ]
    interval, soon = seconds(probe.interval_ms), seconds(min(probe.interval_ms, 1000))
    return {
        "timeout": seconds(probe.timeout_ms),
        "interval": interval,
        # An engine that comes up, the embedded one at every start, is not waited for until the next ordinary probe.
        "no_traffic_interval": soon,
        "no_traffic_healthy_interval": interval,
        "unhealthy_interval": soon,
        "healthy_threshold": probe.healthy_threshold,
        "unhealthy_threshold": probe.unhealthy_threshold,
        "http_health_check": check,
    }


def _tls(host: str) -> Json:
    trust: Json = {"trusted_ca": {"filename": CA_BUNDLE}}
    if is_address(host):
        trust["match_typed_subject_alt_names"] = [{"san_type": "IP_ADDRESS", "matcher": {"exact": host}}]
        naming: Json = {}
    else:
        naming = {"sni": host, "auto_sni_san_validation": True}
    return extension(
        "envoy.transport_sockets.tls",
        "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        common_tls_context={"validation_context": trust},
        **naming,
    )
