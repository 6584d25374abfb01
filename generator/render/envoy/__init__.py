"""Envoy's files: everything it reads but the secrets and LiteLLM's live endpoints, which the runtime writes beside them."""

from generator.release import Artifacts
from generator.render.envoy.bootstrap import bootstrap
from generator.render.envoy.clusters import clusters
from generator.render.envoy.endpoints import litellm_endpoints
from generator.render.envoy.listener import listeners
from generator.render.envoy.names import CDS_PATH, LDS_PATH, LITELLM, RDS_PATH, eds_path
from generator.render.envoy.routes import route_configuration
from generator.render.envoy.xds import discovery, encode
from generator.topology import Topology

NOT_READY = "not-ready"
"""The version of LiteLLM's endpoints in a release."""

__all__ = ["litellm_endpoints", "render_envoy"]


def render_envoy(topology: Topology) -> Artifacts:
    """`bootstrap.json` and the files below `xds/`; their paths inside are relative to Envoy's working directory."""
    files = {
        "bootstrap.json": encode(bootstrap()),
        LDS_PATH: discovery(listeners(topology)),
        CDS_PATH: discovery(clusters(topology)),
        RDS_PATH: discovery([route_configuration(topology)]),
    }
    if topology.workers:
        files[eds_path(LITELLM)] = litellm_endpoints((), NOT_READY)
    return {f"envoy/{path}": data for path, data in files.items()}
