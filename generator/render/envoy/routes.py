"""rds.json: from the API and the model's name to a chain of clusters.

request.lua writes both into headers; a tree of exact matches finds the route in a time that does not grow with the number of
models. A route's metadata tell the filters which name the model has in each cluster of its chain.
"""

import ipaddress

from generator.release import PLACEHOLDER
from generator.render.envoy.chains import chain_of, chain_plugin, chain_route
from generator.render.envoy.models_endpoint import model_entries, pattern_entry
from generator.render.envoy.names import CONTROL, ROUTES, STATE
from generator.render.envoy.replies import direct, error, fixed_answers, formatted
from generator.render.envoy.xds import Json, encode, extension, lua_file, lua_string, typed
from generator.topology import Pattern, Route, Topology


def route_configuration(topology: Topology) -> Json:
    """The only route configuration: one virtual host with a matcher tree."""
    entries = model_entries(topology)
    unknown = _action(_unknown_model(topology))
    listing: Json = {"object": "list", "data": entries}
    inference = _Inference(topology)
    fixed = fixed_answers()
    not_found = _action(fixed.pop("not-found"))
    kinds = {
        **{name: _action(route) for name, route in fixed.items()},
        "models": _action(direct(200, listing)),
        "model": _by_header(
            "x-portico-model",
            {entry["id"]: _action(direct(200, entry)) for entry in entries},
            _by_pattern([(p, _action(formatted(200, pattern_entry(p)))) for p in topology.patterns], unknown),
        ),
        "control": _action(_control(topology.listen_address)),
        "inference": inference.tree(unknown),
    }
    return typed(
        "config.route.v3.RouteConfiguration",
        name=ROUTES,
        validate_clusters=True,
        cluster_specifier_plugins=[inference.plugins[name] for name in sorted(inference.plugins)],
        max_direct_response_body_size_bytes=len(encode(listing)) + 65_536,
        virtual_hosts=[
            {
                "name": "portico",
                "domains": ["*"],
                "include_request_attempt_count": True,
                "metadata": {"filter_metadata": {STATE: {"release": PLACEHOLDER.decode()}}},
                "matcher": _by_header("x-portico-kind", kinds, not_found)["matcher"],
            }
        ],
    )


class _Inference:
    """The tree from names to chains; `plugins` grows with every chain that is new."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._providers = {provider.name: provider for provider in topology.providers}
        self.plugins: dict[str, Json] = {}

    def tree(self, unknown: Json) -> Json:
        """Models and aliases first, then patterns in order, then the default model or `unknown`."""
        known = {
            model.name: self._by_api(model.name, model.routes, model.name) for model in self._topology.models
        }
        known |= {alias.name: known[alias.model] for alias in self._topology.aliases}
        default = self._topology.default_model
        patterns = [(pattern, self._pattern(pattern)) for pattern in self._topology.patterns]
        return _by_header(
            "x-portico-model", known, _by_pattern(patterns, unknown if default is None else known[default])
        )

    def _pattern(self, pattern: Pattern) -> Json:
        rewrite = None
        if pattern.rewrite is not None:
            # The whole name is matched, so its start and end belong to the expression that replaces it.
            whole = {"pattern": {"regex": rf"\A(?:{pattern.regex})\z"}, "substitution": pattern.rewrite}
            rule = {
                "header": "x-portico-model",
                "on_header_present": {
                    "metadata_namespace": STATE,
                    "key": "engine_model",
                    "regex_value_rewrite": whole,
                },
            }
            rewrite = typed("extensions.filters.http.header_to_metadata.v3.Config", request_rules=[rule])
        return self._by_api(pattern.id, pattern.routes, "", rewrite)

    def _by_api(
        self, name: str, routes: tuple[Route, ...], last_resort: str, rewrite: Json | None = None
    ) -> Json:
        """The routes of a model. request.lua compares the API with those in the metadata, so one route needs no match on it."""
        apis = ", ".join(api.value for route in routes for api in route.apis) or "no path"
        matches = [self._by_stream(name, route, apis, last_resort, rewrite) for route in routes]
        if len(matches) == 1:
            return matches[0]
        unsupported = fixed_answers()["unsupported"] | {
            "metadata": {"filter_metadata": {STATE: {"apis": apis}}}
        }
        by_api = {
            api.value: match for route, match in zip(routes, matches, strict=True) for api in route.apis
        }
        return _by_header("x-portico-api", by_api, _action(unsupported))

    def _by_stream(self, name: str, route: Route, apis: str, last_resort: str, rewrite: Json | None) -> Json:
        chain = chain_of(route, last_resort, self._providers)
        plugin = chain_plugin(chain)
        self.plugins[plugin["extension"]["name"]] = plugin
        plain, stream = (
            chain_route(name, chain, route.limits, apis, stream=stream) for stream in (False, True)
        )
        if rewrite is not None:
            plain["typed_per_filter_config"] = stream["typed_per_filter_config"] = {"pattern": rewrite}
        return _by_header("x-portico-stream", {"1": _action(stream)}, _action(plain))


def _unknown_model(topology: Topology) -> Json:
    names = sorted(
        {model.name for model in topology.models if model.routes} | {alias.name for alias in topology.aliases}
    )
    code = f"local NAMES = {lua_string(chr(10).join(names))}\n{lua_file('scan')}{lua_file('unknown')}"
    # The body is for the case that the script fails.
    route = direct(
        404, error("the model does not exist", "invalid_request_error", "model_not_found", "model")
    )
    route["typed_per_filter_config"] = {
        "outcome": typed("extensions.filters.http.lua.v3.LuaPerRoute", source_code={"inline_string": code})
    }
    return route


def _control(listen_address: str) -> Json:
    target: Json = {"cluster": CONTROL, "timeout": "60s"}
    if not ipaddress.ip_address(listen_address).is_loopback:
        # The control API answers to localhost only, against pages that make a browser call it under another name. Where other
        # machines may connect, they use this machine's names.
        target["host_rewrite_literal"] = "localhost"
    return typed(
        "config.route.v3.Route",
        name=CONTROL,
        match={"prefix": "/"},
        route=target,
        request_headers_to_remove=["x-portico-kind", "x-envoy-attempt-count"],
    )


def _action(route: Json) -> Json:
    return {"action": {"name": "route", "typed_config": route}}


def _header_input(name: str) -> Json:
    return extension("header", "type.matcher.v3.HttpRequestHeaderMatchInput", header_name=name)


def _by_header(name: str, matches: dict[str, Json], otherwise: Json) -> Json:
    if not matches:
        return otherwise
    tree = {"input": _header_input(name), "exact_match_map": {"map": matches}}
    return {"matcher": {"matcher_tree": tree, "on_no_match": otherwise}}


def _by_pattern(patterns: list[tuple[Pattern, Json]], otherwise: Json) -> Json:
    if not patterns:
        return otherwise
    matchers = [
        {
            "predicate": {
                "single_predicate": {
                    "input": _header_input("x-portico-model"),
                    "value_match": {"safe_regex": {"google_re2": {}, "regex": pattern.regex}},
                }
            },
            "on_match": match,
        }
        for pattern, match in patterns
    ]
    return {"matcher": {"matcher_list": {"matchers": matchers}, "on_no_match": otherwise}}
