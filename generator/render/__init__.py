"""Stage 6: a topology becomes files. Deterministic and total; no renderer looks at anything but the topology."""

from generator.release import Artifacts
from generator.render.envoy import render_envoy
from generator.render.litellm import render_litellm
from generator.render.prometheus import render_prometheus
from generator.topology import Topology


def render(topology: Topology) -> Artifacts:
    """Every artifact of a release, by its path in the release.

    `envoy/...` is what Envoy reads (bootstrap.json and xds/), `litellm/config.yaml` serves alone with `litellm --config`,
    `prometheus/prometheus.yml` scrapes what the topology runs.
    """
    return {**render_envoy(topology), **render_litellm(topology), **render_prometheus(topology)}
