"""lds.json: the door clients come in by, and the two local listeners that stand in for what is not there."""

import json

from generator.render.envoy.names import DOWN_SOCKET, MAIN_LISTENER, RDS_PATH, ROUTES, STARTING_SOCKET, STATE
from generator.render.envoy.replies import error, header, local_replies
from generator.render.envoy.xds import Json, extension, from_file, lua_file, lua_filter, lua_string, typed
from generator.topology import Api, Topology

_MIB = 1024 * 1024
_MAX_BODY = 64 * _MIB
_BUFFER = _MAX_BODY + _MIB
"""A body is read whole to find the model, and kept for further attempts; a longer name may make it grow."""


def listeners(topology: Topology) -> list[Json]:
    """Every listener. They change with the listen address alone, because a change of a listener closes its connections."""
    return [
        _listener(
            MAIN_LISTENER,
            {"socket_address": {"address": topology.listen_address, "port_value": topology.listen_port}},
            _front_door(),
            per_connection_buffer_limit_bytes=_BUFFER,
            # Two processes would otherwise share the port in silence.
            enable_reuse_port=False,
        ),
        _stand_in("down", DOWN_SOCKET, 421, "down"),
        _stand_in("starting", STARTING_SOCKET, 503, "starting"),
    ]


def _listener(name: str, address: Json, manager: Json, **fields: object) -> Json:
    return typed(
        "config.listener.v3.Listener",
        name=name,
        address=address,
        filter_chains=[{"filters": [{"name": "http", "typed_config": manager}]}],
        **fields,
    )


def _manager(prefix: str, filters: list[Json], **fields: object) -> Json:
    return typed(
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=prefix,
        codec_type="AUTO",
        http_filters=filters,
        **fields,
    )


def _front_door() -> Json:
    return _manager(
        "main",
        [
            lua_filter(_constants() + lua_file("scan") + lua_file("request")),
            extension("pattern", "extensions.filters.http.header_to_metadata.v3.Config"),
            extension(
                "headers",
                "extensions.filters.http.header_mutation.v3.HeaderMutation",
                mutations=_response_headers(),
            ),
            lua_filter(lua_file("scan") + lua_file("outcome")) | {"name": "outcome"},
            extension("router", "extensions.filters.http.router.v3.Router", suppress_envoy_headers=True),
        ],
        rds={"route_config_name": ROUTES, "config_source": from_file(RDS_PATH)},
        local_reply_config=local_replies(),
        server_name="portico",
        use_remote_address=True,
        generate_request_id=True,
        preserve_external_request_id=True,
        always_set_request_id_in_response=True,
        normalize_path=True,
        merge_slashes=True,
        # Model names hold slashes, which clients may escape.
        path_with_escaped_slashes_action="KEEP_UNCHANGED",
        early_header_mutation_extensions=[
            extension(
                "strip",
                "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                # With LiteLLM's own a client could set its timeouts and choose its deployments.
                mutations=[_remove("(?i)x-(portico|envoy|litellm)-.*")],
            )
        ],
        common_http_protocol_options={
            "idle_timeout": "3600s",
            "max_headers_count": 100,
            "headers_with_underscores_action": "DROP_HEADER",
        },
        http2_protocol_options={
            "max_concurrent_streams": 100,
            "initial_stream_window_size": 256 * 1024,
            "initial_connection_window_size": 1024 * 1024,
        },
        max_request_headers_kb=64,
        request_headers_timeout="10s",
        # To receive the whole request; the answer has the limits of its route.
        request_timeout="300s",
        stream_idle_timeout="300s",
    )


def _constants() -> str:
    """What request.lua is told: the longest body, and a table from each API's paths, with and without `/v1`, to the canonical."""
    paths = {path: api.value for api in Api for path in (api.value, api.value.removeprefix("/v1"))}
    table = ",".join(f"[{lua_string(path)}]={lua_string(api)}" for path, api in paths.items())
    return f"local MAX_BODY = {_MAX_BODY}\nlocal APIS = {{{table}}}\n"


def _remove(key_regex: str) -> Json:
    return {"remove_on_match": {"key_matcher": {"safe_regex": {"regex": key_regex}}}}


def _response_headers() -> Json:
    """What engines and LiteLLM say about themselves goes; what the gateway knows about the answer comes."""
    values = {
        "x-portico-release": f"%METADATA(VIRTUAL_HOST:{STATE}:release)%",
        "x-portico-lane": f"%DYNAMIC_METADATA({STATE}:attempt:lane)%",
        "x-portico-provider": f"%DYNAMIC_METADATA({STATE}:attempt:provider)%",
        "x-portico-model": f"%DYNAMIC_METADATA({STATE}:attempt:model)%",
        "x-portico-request-id": "%REQ(x-request-id)%",
    }
    return {
        "response_mutations": [
            _remove("(x-(portico|envoy|litellm)|llm_provider)-.*"),
            *({"append": header(name, value)} for name, value in values.items()),
        ]
    }


def _stand_in(name: str, socket: str, status: int, answer: str) -> Json:
    body = error("no provider answered", "server_error", "no_provider_answered")
    route = {
        "match": {"prefix": "/"},
        "direct_response": {"status": status, "body": {"inline_string": json.dumps(body, sort_keys=True)}},
        "response_headers_to_add": [
            header("x-portico-answer", answer),
            header("content-type", "application/json"),
        ],
    }
    return _listener(
        name,
        {"pipe": {"path": socket, "mode": 0o600}},
        _manager(
            name,
            [extension("router", "extensions.filters.http.router.v3.Router")],
            route_config={"virtual_hosts": [{"name": name, "domains": ["*"], "routes": [route]}]},
        ),
    )
