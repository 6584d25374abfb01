"""gateway.yaml: how the gateway itself behaves."""

import ipaddress
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from schemas.fields import ByteSize, Duration, Name, Port, Strict, Version
from schemas.patterns import IPV4

_ADDRESS_PATTERN = rf"^(?:{IPV4}|(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]+(?:%[^%]+)?)$"


def _address(text: str) -> str:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        raise PydanticCustomError(
            "address", "is not an IP address; write 127.0.0.1, 0.0.0.0, ::1 or ::"
        ) from None
    return text


class Listen(Strict):
    """Where clients connect."""

    address: Annotated[
        str,
        AfterValidator(_address),
        Field(
            json_schema_extra={"pattern": _ADDRESS_PATTERN, "examples": ["127.0.0.1", "0.0.0.0", "::1", "::"]}
        ),
    ] = "127.0.0.1"
    """IP address to listen on; 127.0.0.1 is this machine only, 0.0.0.0 every IPv4 interface."""
    port: Port = 4000
    """TCP port."""


class Control(Strict):
    """The daemon's own API, on loopback only; clients reach its public part under /gateway."""

    port: Port = 4001
    """TCP port on 127.0.0.1."""


class LiteLLM(Strict):
    """The LiteLLM lane."""

    workers: Annotated[int, Field(ge=0, le=64)] = 1
    """LiteLLM processes; 0 switches the lane off, and with it everything that needs translation."""


class DefaultTimeouts(Strict):
    """Time limits for providers that set none of their own."""

    connect: Duration = "5s"
    """To open a connection."""
    first_token: Duration = "10m"
    """From the request to the first byte of a streamed answer; a cold model has to be loaded within it."""
    idle: Duration = "10m"
    """Longest silence inside a stream; at least `first_token`, since servers send headers long before the first token."""
    request: Duration = "90m"
    """The whole request, streamed or not."""


class EmbeddedStart(StrEnum):
    """When the embedded engine is started."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Embedded(Strict):
    """The llama.cpp server that comes with Portico. It serves the first endpoint of a provider in providers.yaml."""

    start: EmbeddedStart = EmbeddedStart.AUTO
    """auto: when no other provider answers at start. always or never: what they say."""
    provider: Name = "embedded"
    """The llamacpp provider in providers.yaml it serves; its first endpoint says the port."""
    model_file: Annotated[str, Field(min_length=1, examples=["/models/qwen2.5-7b-q4_k_m.gguf"])] | None = None
    """A GGUF file of your own. Default: the 294 kB model that ships for first runs."""
    context_length: Annotated[int, Field(ge=64, le=10_000_000)] = 2048
    """Context of the embedded engine, in tokens."""


class LogLevel(StrEnum):
    """How much the processes write."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Log(Strict):
    """The logs of the daemon and of the processes it runs."""

    level: LogLevel = LogLevel.INFO
    """How much is written."""
    max_size: ByteSize = "20MB"
    """Size at which a log file is rotated."""
    keep: Annotated[int, Field(ge=1, le=100)] = 5
    """Rotated files kept of each log."""


class GatewayFile(Strict):
    """gateway.yaml: how the gateway itself behaves."""

    version: Version
    """Version of this file's format."""
    listen: Listen = Listen()
    """Where clients connect."""
    control: Control = Control()
    """The daemon's own API."""
    litellm: LiteLLM = LiteLLM()
    """The LiteLLM lane."""
    timeouts: DefaultTimeouts = DefaultTimeouts()
    """Time limits for providers that set none of their own."""
    embedded: Embedded | None = None
    """The engine that comes with Portico; absent: never started."""
    log: Log = Log()
    """Logs."""
