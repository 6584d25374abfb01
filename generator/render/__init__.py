"""Stage 6: a topology becomes files. Deterministic and total; no renderer looks at anything but the topology."""

from generator.release import Artifacts
from generator.render.envoy import render_envoy
from generator.render.litellm import render_litellm
from generator.render.prometheus import render_prometheus
from generator.topology import Topology
from generator.topology_json import PATH, topology_to_json


def render(topology: Topology) -> Artifacts:
    """Every artifact of a release, by its path in the release.

    `envoy/...` is what Envoy reads (bootstrap.json and xds/), `litellm/config.yaml` serves alone with `litellm --config`,
    `prometheus/prometheus.yml` scrapes what the topology runs; `topology.json` is the topology itself, to compare later.
    """
    return {
        **render_envoy(topology),
        **render_litellm(topology),
        **render_prometheus(topology),
        PATH: topology_to_json(topology),
    }
