"""ports.yaml: the port registry of the machine."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import Name, Port, Strict, Text, Version


class Protocol(StrEnum):
    """What is spoken on a port; decides how `portico doctor` probes it."""

    HTTP = "http"
    HTTPS = "https"
    TCP = "tcp"
    UDP = "udp"


class Service(Strict):
    """One program that listens on one port."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"health": {"type": "string"}}, "required": ["health"]},
            "then": {"properties": {"protocol": {"enum": ["http", "https"]}}, "required": ["protocol"]},
            "not": {
                "properties": {"protocol": {"const": "udp"}, "required": {"const": True}},
                "required": ["protocol", "required"],
            },
        }
    )

    port: Port
    """The port it listens on."""
    protocol: Protocol = Protocol.TCP
    """What is spoken there; `portico doctor` probes accordingly."""
    required: bool = False
    """Whether `portico doctor` fails when nothing answers there."""
    category: Name | None = None
    """Which range of `ranges` the port has to lie in."""
    description: Text | None = None
    """For people; shown by `portico doctor`."""
    health: Annotated[str, Field(pattern=r"^/[!-~]*$", examples=["/health"])] | None = None
    """Path that answers 2xx or 3xx when the service is well; only for http and https."""

    @model_validator(mode="after")
    def _health_needs_http(self) -> Self:
        if self.health is not None and self.protocol not in (Protocol.HTTP, Protocol.HTTPS):
            raise PydanticCustomError(
                "health-protocol", "has a health path, which needs `protocol: http` or `https`"
            )
        return self

    @model_validator(mode="after")
    def _udp_tells_nothing(self) -> Self:
        if self.required and self.protocol is Protocol.UDP:
            raise PydanticCustomError(
                "required-udp", "cannot be `required` with `protocol: udp`; nobody answers a probe there"
            )
        return self


class Reserved(Strict):
    """A port nothing here may use."""

    port: Port
    """The port."""
    reason: Text
    """Why; shown when something uses it."""


class PortRange(Strict):
    """The ports of one category, both ends included."""

    first: Port
    """Lowest port."""
    last: Port
    """Highest port."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise PydanticCustomError("port-range", "has `first` above `last`")
        return self


class PortsFile(Strict):
    """ports.yaml: every service on the machine with its port."""

    version: Version
    """Version of this file's format."""
    services: dict[Name, Service] = {}
    """Every service, by name."""
    reserved: list[Reserved] = []
    """Ports nothing here may use."""
    ranges: dict[Name, PortRange] = {}
    """The ports each category may use."""
