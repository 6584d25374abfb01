"""One static bootstrap out of the dynamic files, because `envoy --mode validate` reads no xDS file.

The result is for validation alone: secrets are replaced by a word, and the CA bundle is left out.
"""

import json
from typing import Any

from generator.release import Artifacts
from generator.render.envoy.names import CDS_PATH, LDS_PATH, RDS_PATH
from generator.render.envoy.xds import Json, encode


def flatten(artifacts: Artifacts) -> bytes:
    """The bootstrap that holds everything the artifacts of `render_envoy` hold. It needs no other file."""
    whole: Json = json.loads(artifacts["envoy/bootstrap.json"])
    del whole["dynamic_resources"]
    routes = _resources(artifacts, RDS_PATH)[0]
    listeners = _resources(artifacts, LDS_PATH)
    for manager in _managers(listeners):
        if manager.pop("rds", None) is not None:
            manager["route_config"] = routes
    clusters = [_with_endpoints(cluster, artifacts) for cluster in _resources(artifacts, CDS_PATH)]
    secrets: set[str] = set()
    _take_out_files(clusters, secrets)
    whole["static_resources"] = {
        "listeners": listeners,
        "clusters": clusters,
        "secrets": [
            {"name": name, "generic_secret": {"secret": {"inline_string": "-"}}} for name in sorted(secrets)
        ],
    }
    return encode(whole)


def _resources(artifacts: Artifacts, path: str) -> list[Json]:
    resources: list[Json] = json.loads(artifacts[f"envoy/{path}"])["resources"]
    for resource in resources:
        del resource["@type"]
    return resources


def _managers(listeners: list[Json]) -> list[Json]:
    return [
        network_filter["typed_config"]
        for listener in listeners
        for chain in listener["filter_chains"]
        for network_filter in chain["filters"]
    ]


def _with_endpoints(cluster: Json, artifacts: Artifacts) -> Json:
    if cluster.get("type") != "EDS":
        return cluster
    source = cluster.pop("eds_cluster_config")["eds_config"]
    loads = _resources(artifacts, source["path_config_source"]["path"])[0]
    return {**cluster, "type": "STATIC", "load_assignment": loads | {"cluster_name": cluster["name"]}}


def _take_out_files(node: Any, secrets: set[str]) -> None:
    """Replaces references to files that only exist at run time, wherever they stand."""
    if isinstance(node, list):
        for item in node:
            _take_out_files(item, secrets)
    elif isinstance(node, dict):
        if node.pop("sds_config", None) is not None:
            secrets.add(node["name"])
        if node.pop("trusted_ca", None) is not None:
            node.pop("match_typed_subject_alt_names", None)
        if "sni" in node:
            node.pop("auto_sni_san_validation", None)
        for item in node.values():
            _take_out_files(item, secrets)
