"""providers.yaml: the inference servers and cloud providers that exist, and the models they hold."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from schemas.engines import ENGINE_NAMES
from schemas.fields import (
    SECRET_PATTERN,
    SECRET_REFERENCE,
    Duration,
    Name,
    SecretReference,
    Strict,
    Tag,
    Text,
    Version,
)
from schemas.patterns import HOST_NAME, IPV4, in_any_case, up_to

_HOST = rf"(?:\[[0-9A-Fa-f:.]+\]|{IPV4}|{HOST_NAME})"
_PREFIX = r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9._~-]+)*"
_ENDPOINT = re.compile(rf"https?://(?P<host>{_HOST})(?::(?P<port>[0-9]{{1,5}}))?{_PREFIX}/?")
_ENDPOINT_PATTERN = rf"^https?://{_HOST}(?::(?![0-9]{{6}})0*{up_to(65535)})?{_PREFIX}/?$"
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
_FORBIDDEN_HEADERS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "content-type", "te", "upgrade"}
)
_PORTICO_HEADERS = ("x-portico-", "x-envoy-", ":")
_SECRET_HEADERS = ("authorization", "x-api-key", "api-key", "cookie")


def _header_schema() -> dict[str, JsonValue]:
    """What `_headers` checks, for editors."""
    forbidden = "|".join(
        [
            *(in_any_case(name) + "$" for name in sorted(_FORBIDDEN_HEADERS)),
            *map(in_any_case, _PORTICO_HEADERS),
        ]
    )
    secret = "^(?:" + "|".join(map(in_any_case, _SECRET_HEADERS)) + ")$"
    return {
        "propertyNames": {"pattern": f"^(?!{forbidden})[A-Za-z0-9-]{{1,64}}$"},
        "patternProperties": {
            secret: {
                "type": "string",
                "pattern": SECRET_PATTERN,
                "description": "A reference: ${NAME} or file:/path.",
            }
        },
        "additionalProperties": {
            "type": "string",
            "pattern": r"^(?:\$\{[A-Za-z_][A-Za-z0-9_]*\}|(?:(?!\$\{)[ -~])*)$",
            "description": "The value, or a reference to it.",
        },
        "examples": [{"X-Team": "research", "X-Signature": "${SIGNATURE}"}],
    }


class Status(StrEnum):
    """Whether a provider may be used."""

    ACTIVE = "active"
    DISABLED = "disabled"
    TEMPLATE = "template"


class Capability(StrEnum):
    """What a model can do. It decides which API paths it is served on."""

    CHAT = "chat"
    COMPLETION = "completion"
    EMBEDDING = "embedding"
    RERANK = "rerank"
    TOOLS = "tools"
    VISION = "vision"


def _is_host(text: str) -> bool:
    if not text.startswith("["):
        return True
    try:
        ipaddress.IPv6Address(text[1:-1])
    except ValueError:
        return False
    return True


def _endpoint(text: str) -> str:
    match = _ENDPOINT.fullmatch(text)
    if (
        match is None
        or (match["port"] is not None and not 1 <= int(match["port"]) <= 65535)
        or not _is_host(match["host"])
    ):
        raise PydanticCustomError(
            "endpoint",
            "is not an endpoint; write scheme, host and port, as http://127.0.0.1:8000 or https://gpu.example/prefix",
        )
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if (
            _HEADER_NAME.fullmatch(name) is None
            or name.lower() in _FORBIDDEN_HEADERS
            or name.lower().startswith(_PORTICO_HEADERS)
        ):
            raise PydanticCustomError(
                "header-name", "has a header `{name}` that cannot be set", {"name": name}
            )
        if any(ord(character) < 32 or ord(character) > 126 for character in value):
            raise PydanticCustomError(
                "header-value", "has a value for `{name}` that is not printable ASCII", {"name": name}
            )
        if name.lower() in _SECRET_HEADERS and SECRET_REFERENCE.fullmatch(value) is None:
            raise PydanticCustomError(
                "secret-inline",
                "must give `{name}` as a reference, `${NAME}` or `file:/path`",
                {"name": name},
            )
        if "${" in value and SECRET_REFERENCE.fullmatch(value) is None:
            raise PydanticCustomError(
                "header-reference",
                "has a reference inside a longer value of `{name}`; let the variable hold the whole value",
                {"name": name},
            )
    return headers


Endpoint = Annotated[
    str,
    AfterValidator(_endpoint),
    Field(
        description="The root of a server, without `/v1`: scheme, host, port and, behind a reverse proxy, a path prefix. "
        "Of a cloud provider, the base URL that it documents, version included.",
        json_schema_extra={
            "format": "uri",
            "pattern": _ENDPOINT_PATTERN,
            "patternErrorMessage": "Scheme, host and port, as http://127.0.0.1:8000 or https://gpu.example/prefix.",
            "examples": ["http://127.0.0.1:11434", "https://gpu.example/vllm"],
        },
    ),
]
"""The root of a server, without `/v1`: scheme, host, port and, behind a reverse proxy, a path prefix."""


class Health(Strict):
    """How a provider is probed. A probe never spends tokens and never loads a model."""

    path: Annotated[str, Field(pattern=r"^/[!-~]*$", examples=["/health"])] | None = None
    """Path to GET. Default: the engine's own, such as `/health` for vLLM and llama.cpp, `/api/version` for Ollama."""
    interval: Duration = "10s"
    """Time between two probes of an endpoint."""
    timeout: Duration = "1s"
    """How long an answer may take. The start of the gateway waits that long for an address that says nothing."""
    healthy_threshold: Annotated[int, Field(ge=1, le=100)] = 1
    """Good answers in a row before a failing endpoint is used again."""
    unhealthy_threshold: Annotated[int, Field(ge=1, le=100)] = 3
    """Bad answers in a row before an endpoint is left out."""


class Timeouts(Strict):
    """Time limits. What is not given here comes from gateway.yaml.

    A request that may be answered by several providers, its fallbacks included, has the longest limits of them.
    """

    connect: Duration | None = None
    """To open a connection."""
    first_token: Duration | None = None
    """From the request to the first byte of a streamed answer; a cold model has to be loaded within it."""
    idle: Duration | None = None
    """Longest silence inside a stream; at least `first_token`, since servers send headers long before the first token."""
    request: Duration | None = None
    """The whole request, streamed or not."""


class Cost(Strict):
    """Price in US dollars per million tokens."""

    input: Annotated[float, Field(ge=0)]
    """Per million prompt tokens."""
    output: Annotated[float, Field(ge=0)] = 0.0
    """Per million completion tokens."""


class Model(Strict):
    """One model an engine serves, under the engine's own name for it."""

    capabilities: Annotated[list[Capability], Field(min_length=1)] = [Capability.CHAT, Capability.COMPLETION]
    """What it can do; decides on which API paths it is served."""
    context_length: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    """Longest prompt and answer together, in tokens."""
    max_output: Annotated[int, Field(ge=1, le=100_000_000)] | None = None
    """Longest answer, in tokens."""
    size: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?[KMBT]$", examples=["8B", "137M"])] | None = None
    """Number of parameters."""
    quantisation: (
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$", examples=["Q4_K_M", "AWQ", "F16"])] | None
    ) = None
    """How the weights are stored."""
    tags: list[Tag] = []
    """Labels, shown by `portico models` and `/v1/models` with those of the public models that lead to it."""
    cost: Cost | None = None
    """What its tokens cost; LiteLLM counts spend with it, and `portico models --json` shows it."""


class Provider(Strict):
    """An engine at one or several addresses, or a cloud provider."""

    engine: Annotated[
        str, Field(json_schema_extra={"enum": list(ENGINE_NAMES), "examples": ["ollama", "vllm", "openai"]})
    ]
    """The program behind it: ollama, llamacpp, vllm, sglang, tgi, openai-compatible, or a provider LiteLLM knows."""
    endpoints: list[Endpoint] = []
    """Its addresses. Several are copies of each other and share the load. A cloud provider needs none."""
    status: Status = Status.ACTIVE
    """active: used. disabled: kept, not used. template: an example to copy, never used."""
    api_key: SecretReference | None = None
    """The provider's own key, as a reference."""
    headers: Annotated[
        dict[str, str], Field(max_length=16, json_schema_extra=_header_schema()), AfterValidator(_headers)
    ] = {}
    """Extra request headers; a value may be a reference."""
    health: Health = Health()
    """How it is probed."""
    timeouts: Timeouts = Timeouts()
    """Time limits of requests to it."""
    description: Text | None = None
    """For people; shown by `portico providers`."""
    tags: list[Tag] = []
    """Labels; shown by `portico providers`."""
    models: dict[str, Model] = {}
    """The models it serves, by the engine's name for them."""


class ProvidersFile(Strict):
    """providers.yaml: what exists."""

    version: Version
    """Version of this file's format."""
    providers: dict[Name, Provider]
    """Every inference server and cloud provider, by a name of your choice."""
