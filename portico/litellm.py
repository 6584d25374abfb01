"""LiteLLM: single-process workers on loopback ports of their own, and how to tell that one may get traffic."""

import asyncio
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from generator.render.litellm import MASTER_KEY_VARIABLE
from generator.topology import Secret, Topology
from portico.local_http import request_async
from portico.ports import free_port
from portico.process import Command
from portico.secrets import SecretValue

CONFIG = "litellm/config.yaml"
"""LiteLLM's configuration within a release."""

INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
"""Variables of the daemon's environment that a worker needs to run at all."""

INHERITED_PREFIXES = ("AWS_", "AZURE_", "GOOGLE_", "VERTEXAI_", "VERTEX_")
"""Clouds whose credentials are not one key but whatever their own tools leave in the environment."""

AMBIENT = {
    "AWS_SHARED_CREDENTIALS_FILE": Path(".aws/credentials"),
    "AWS_CONFIG_FILE": Path(".aws/config"),
    "GOOGLE_APPLICATION_CREDENTIALS": Path(".config/gcloud/application_default_credentials.json"),
}
"""Where those tools look in the user's home directory, which is not the worker's."""

INHERITED_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

LEVELS = {"debug": "INFO", "info": "ERROR", "warning": "ERROR", "error": "CRITICAL"}
"""LiteLLM's own DEBUG writes whole requests, prompts included; below ERROR it does not say why it did not start."""

SETTINGS = {
    # Price list, announcements and beta headers ship with the package; LiteLLM would fetch them from the network at start.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_BLOG_POSTS": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    # Its development mode loads a `.env` from the working directory and above.
    "LITELLM_MODE": "PRODUCTION",
    # It cuts streams of identical chunks at about a hundred; an engine may repeat itself for as long as its client likes.
    "REPEATED_STREAMING_CHUNK_LIMIT": "1000000000",
    "LITELLM_DONT_SHOW_FEEDBACK_BOX": "true",
    "NO_DOCS": "True",
    "NO_REDOC": "True",
    "NO_OPENAPI": "True",
    "DISABLE_ADMIN_UI": "True",
    "PYTHONUNBUFFERED": "1",
}


def new_master_key() -> SecretValue:
    """A key for one life of the daemon; only Envoy and the workers ever hold it."""
    return SecretValue(f"sk-{secrets.token_urlsafe(32)}")


def environment(
    topology: Topology, values: Mapping[Secret, SecretValue], master_key: SecretValue, home: Path
) -> dict[str, str]:
    """All of a worker's environment: what it inherits, its settings, and the secrets that its configuration refers to.

    `home` keeps what libraries write to a home directory inside the state directory.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED or name.startswith(INHERITED_PREFIXES) or name.upper() in INHERITED_PROXIES
    }
    ambient = {name: str(path) for name, place in AMBIENT.items() if (path := Path.home() / place).is_file()}
    held = {reference.variable: value.reveal() for reference, value in values.items()}
    own = {
        "HOME": str(home),
        "LITELLM_LOG": LEVELS[topology.logs.level],
        MASTER_KEY_VARIABLE: master_key.reveal(),
        **_direct_hosts(topology),
    }
    return {**ambient, **inherited, **SETTINGS, **held, **own}


def _direct_hosts(topology: Topology) -> dict[str, str]:
    """Engines are reached as on the direct lane, without the proxy that may stand between this machine and clouds."""
    hosts = {
        endpoint.host for provider in topology.providers if provider.speaks for endpoint in provider.endpoints
    }
    configured = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    excepted = ",".join(
        [*filter(None, configured.split(",")), "localhost", "127.0.0.1", "::1", *sorted(hosts)]
    )
    return {"NO_PROXY": excepted, "no_proxy": excepted}


def command(program: Path, release: Path, worker_environment: Mapping[str, str]) -> Command:
    """How one worker is run, on a port that is free now. `release` is the release's folder."""
    port = free_port()
    argv = (
        str(program),
        "--config",
        CONFIG,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--num_workers",
        "1",
    )
    return Command(argv, release, worker_environment, port)


async def lists_models(port: int, topology: Topology, master_key: SecretValue) -> None:
    """Return once the worker on that port lists every public model of the topology."""
    wanted = {model.name for model in topology.models}
    headers = {"authorization": f"Bearer {master_key.reveal()}"}
    while True:
        # LiteLLM listens seconds before it can answer.
        with suppress(OSError, ValueError, KeyError):
            answer = await request_async(port, "GET", "/v1/models", headers=headers, seconds=5.0)
            if answer.status == 200 and wanted <= {entry["id"] for entry in json.loads(answer.body)["data"]}:
                return
        await asyncio.sleep(0.1)
