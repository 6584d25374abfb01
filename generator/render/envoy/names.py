"""What things are called inside Envoy. Paths are relative to Envoy's working directory."""

from generator.topology import Lane, Provider

MAIN_LISTENER = "main"
ROUTES = "main"
CONTROL = "control"
LITELLM = "litellm"
"""The cluster of the last resort, whose endpoints all clusters of LiteLLM share, and the secret with its key."""

LDS_PATH = "xds/lds.json"
CDS_PATH = "xds/cds.json"
RDS_PATH = "xds/rds.json"
ADMIN_SOCKET = "admin.sock"
DOWN_SOCKET = "down.sock"
"""A listener that answers 421: the stand-in for a provider without a healthy endpoint, since Envoy retries only answers."""
STARTING_SOCKET = "starting.sock"
"""A listener that answers 503: the stand-in for LiteLLM until its workers are ready."""
CA_BUNDLE = "ca.pem"

STATE = "portico"
"""The filters' metadata: on routes what they need to know about a model, in dynamic metadata what a request carries along."""
ATTEMPTS = "portico.attempts"
"""The dynamic metadata that orders the clusters of one request."""


def cluster_name(lane: Lane, provider: str, group: int = 0) -> str:
    """The cluster of a provider on a lane. Endpoints of one provider that cannot share a cluster are in numbered groups."""
    name = f"{lane.value}:{provider}"
    return f"{name}:{group + 1}" if group else name


def eds_path(cluster: str) -> str:
    """Where a cluster's endpoints stand."""
    return f"xds/eds/{cluster}.json"


def secret_path(secret: str) -> str:
    """Where the runtime writes a secret."""
    return f"secrets/{secret}.json"


def header_secret(provider: Provider, header: str) -> str:
    """The name of the secret behind a provider's header."""
    return f"{provider.name}.{header.lower()}"
