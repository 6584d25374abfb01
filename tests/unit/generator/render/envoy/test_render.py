"""What is rendered for Envoy, as data."""

import json
import random
from typing import Any

import pytest

from generator.release import PLACEHOLDER, seal, verify
from generator.render.envoy import litellm_endpoints, render_envoy
from generator.render.envoy.flatten import flatten
from generator.topology import Topology
from tests.envoy.example import GATEWAY, MAPPINGS, PROVIDERS, example
from tests.envoy.gateway import topology_of


def resources(topology: Topology, name: str) -> list[Any]:
    """The resources of one of the discovery files."""
    found: list[Any] = json.loads(render_envoy(topology)[f"envoy/xds/{name}.json"])["resources"]
    return found


def clusters(topology: Topology) -> dict[str, Any]:
    """The clusters by name."""
    return {cluster["name"]: cluster for cluster in resources(topology, "cds")}


def shuffled(value: Any, seed: random.Random) -> Any:
    """The same data with the keys of every map in another order."""
    if isinstance(value, dict):
        keys = list(value)
        seed.shuffle(keys)
        return {key: shuffled(value[key], seed) for key in keys}
    return [shuffled(item, seed) for item in value] if isinstance(value, list) else value


def test_bytes_do_not_depend_on_the_order_of_keys() -> None:
    """Whatever the order in the files, except where it means something."""
    seed = random.Random(0)
    expected = render_envoy(example())
    for _ in range(10):
        shuffled_topology = topology_of(
            shuffled(PROVIDERS, seed), shuffled(MAPPINGS, seed), shuffled(GATEWAY, seed)
        )
        assert render_envoy(shuffled_topology) == expected


def test_the_files_are_those_envoy_reads() -> None:
    """All under envoy/, and none with endpoints of LiteLLM where it does not run."""
    names = {"envoy/bootstrap.json", "envoy/xds/lds.json", "envoy/xds/cds.json", "envoy/xds/rds.json"}
    assert set(render_envoy(example())) == names | {"envoy/xds/eds/litellm.json"}
    assert set(render_envoy(example(litellm={"workers": 0}))) == names


def test_the_release_is_named_in_the_routes_alone() -> None:
    """A new release must not change the listener, which would close its connections."""
    rendered = render_envoy(example())
    assert [path for path, data in rendered.items() if PLACEHOLDER in data] == ["envoy/xds/rds.json"]
    assert rendered["envoy/xds/rds.json"].count(PLACEHOLDER) == 1
    assert verify(seal(rendered))


def test_models_and_providers_change_neither_bootstrap_nor_listener() -> None:
    """Only the listen address does."""
    full, bare = render_envoy(example()), render_envoy(topology_of({}, {"models": {}}, GATEWAY))
    for path in ("envoy/bootstrap.json", "envoy/xds/lds.json"):
        assert full[path] == bare[path]
    assert render_envoy(example(listen={"port": 4100}))["envoy/xds/lds.json"] != full["envoy/xds/lds.json"]


def test_no_reference_to_a_secret_is_a_value() -> None:
    """Artifacts name secrets by provider and header, not by variable or file."""
    everything = b"".join(render_envoy(example()).values())
    for text in (b"GPU_KEY", b"CLOUD_KEY", b"/run/secret"):
        assert text not in everything
    assert b'"secrets/gpu.json"' in everything
    assert b'"secrets/gpu.x-secret.json"' in everything
    assert b'"secrets/litellm.json"' in everything


def test_endpoints_that_cannot_share_a_cluster_have_their_own() -> None:
    """By scheme, path prefix and the name in the certificate; the load is shared by the number of endpoints."""
    found = clusters(example())
    assert set(found) == {
        "direct:gpu",
        "direct:gpu:2",
        "direct:gpu:3",
        "direct:local",
        "litellm:cloud",
        "litellm",
        "control",
    }
    tls = {
        name: cluster.get("transport_socket", {}).get("typed_config", {}) for name, cluster in found.items()
    }
    assert tls["direct:gpu"]["sni"] == "gpu.example"
    assert tls["direct:gpu"]["auto_sni_san_validation"] is True
    assert tls["direct:gpu:2"] == {}
    assert tls["direct:gpu:3"]["common_tls_context"]["validation_context"][
        "match_typed_subject_alt_names"
    ] == [{"san_type": "IP_ADDRESS", "matcher": {"exact": "10.0.0.2"}}]
    hosts = found["direct:gpu:2"]["load_assignment"]["endpoints"][0]["lb_endpoints"]
    assert [host["endpoint"]["hostname"] for host in hosts] == ["10.0.0.1:8000", "[fd00::1]:8000"]
    shares = [weights[0] for weights in _all(resources(example(), "rds"), "weights") if len(weights[0]) == 4]
    assert shares
    assert all(share == [0.75, 1.5, 0.75, 1] for share in shares)


def test_probes_and_cool_downs(subtests: pytest.Subtests) -> None:
    """Under the prefix; a server that asks for its key is up; LiteLLM's answers eject nobody."""
    found = clusters(example())
    with subtests.test("path"):
        check = found["direct:gpu"]["health_checks"][0]["http_health_check"]
        assert check["path"] == "/vllm/health"
        assert [codes["start"] for codes in check["expected_statuses"]] == [200, 401, 403]
        assert "expected_statuses" not in found["direct:local"]["health_checks"][0]["http_health_check"]
    with subtests.test("LiteLLM"):
        assert found["litellm"]["outlier_detection"]["enforcing_consecutive_5xx"] == 0
        assert found["direct:local"]["outlier_detection"]["enforcing_consecutive_5xx"] == 100
    with subtests.test("names that are resolved"):
        assert found["direct:gpu"]["outlier_detection"]["enforcing_consecutive_local_origin_failure"] == 0


def test_an_unused_provider_changes_no_route() -> None:
    """It has a cluster, so that its health is known."""
    more = PROVIDERS | {
        "spare": {"engine": "vllm", "endpoints": ["http://10.0.0.9:8000"], "models": {"x": {}}}
    }
    with_spare = topology_of(more, MAPPINGS, GATEWAY)
    assert resources(with_spare, "rds") == resources(example(), "rds")
    assert set(clusters(with_spare)) - set(clusters(example())) == {"direct:spare"}


def test_litellms_endpoints_are_a_file_of_their_own() -> None:
    """Workers first, the stand-in behind them; the version is the caller's."""
    ready = json.loads(litellm_endpoints((4100, 4101), "generation-2"))
    assert ready["version_info"] == "generation-2"
    (workers, stand_in) = ready["resources"][0]["endpoints"]
    ports = [host["endpoint"]["address"]["socket_address"]["port_value"] for host in workers["lb_endpoints"]]
    assert (ports, stand_in["priority"]) == ([4100, 4101], 1)
    (only,) = json.loads(litellm_endpoints((), "none"))["resources"][0]["endpoints"]
    assert only["lb_endpoints"] == stand_in["lb_endpoints"]
    assert only["priority"] == 0
    assert render_envoy(example())["envoy/xds/eds/litellm.json"] == litellm_endpoints((), "not-ready")


def test_flattening_leaves_nothing_to_fetch() -> None:
    """Every file that only exists at run time is gone; all else is there."""
    flat = json.loads(flatten(render_envoy(example())))
    assert "dynamic_resources" not in flat
    assert not list(_all(flat, "path_config_source"))
    assert not list(_all(flat, "trusted_ca"))
    assert {cluster["name"] for cluster in flat["static_resources"]["clusters"]} == set(clusters(example()))
    assert {secret["name"] for secret in flat["static_resources"]["secrets"]} == {
        "gpu",
        "gpu.x-secret",
        "litellm",
    }


def _all(node: Any, key: str) -> Any:
    """Every value of a key, at any depth."""
    if isinstance(node, list):
        for item in node:
            yield from _all(item, key)
    elif isinstance(node, dict):
        if key in node:
            yield node[key]
        for item in node.values():
            yield from _all(item, key)


@pytest.mark.parametrize(
    ("address", "rewritten"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), ("::", True)]
)
def test_the_control_api_is_reached_under_any_name_of_an_open_gateway(
    address: str, *, rewritten: bool
) -> None:
    """It answers to localhost only; other machines use other names, which are replaced only where they may connect at all."""
    gateway = {**GATEWAY, "listen": {**GATEWAY.get("listen", {}), "address": address}}
    routes = json.dumps(resources(topology_of(PROVIDERS, MAPPINGS, gateway), "rds"))
    assert ('"host_rewrite_literal": "localhost"' in routes) is rewritten
