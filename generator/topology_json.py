"""A topology as JSON, so that a release remembers what it was rendered from. Lossless both ways.

The form follows the dataclasses: an object per dataclass, a list per tuple, text per enumeration. `Header.value` is text, or an
object for a reference.
"""

import dataclasses
import functools
import json
import types
import typing
from enum import StrEnum
from typing import Any

from generator.topology import Topology

PATH = "topology.json"
"""The artifact's path in a release."""

FORMAT = 1
"""Raised with every change of `generator.topology`, so that another version's file is told from a damaged one."""


class NotATopology(ValueError):
    """The bytes are no topology that this version wrote."""


def topology_to_json(topology: Topology) -> bytes:
    """UTF-8 JSON with a line per provider, model, alias and so on, so that two of them can be compared by eye."""
    fields = ",\n".join(
        f"{json.dumps(name)}: {_lines(getattr(topology, name))}" for name in _annotations(Topology)
    )
    return f'{{"format": {FORMAT}, "topology": {{\n{fields}\n}}}}\n'.encode()


def topology_from_json(data: bytes) -> Topology:
    """The topology that `topology_to_json` wrote. Raises `NotATopology` for everything else."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotATopology("not JSON") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise NotATopology(f"not a topology of format {FORMAT}")
    topology: Topology = _read(Topology, value.get("topology"), "topology")
    return topology


def _lines(value: Any) -> str:
    if isinstance(value, tuple) and value:
        return "[\n" + ",\n".join(f"  {_line(entry)}" for entry in value) + "\n]"
    return _line(value)


def _line(value: Any) -> str:
    # json's indentation would leave its fast encoder, which ten thousand models need.
    return json.dumps(value, default=_object, ensure_ascii=False)


def _object(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _annotations(kind)}


def _read(wanted: Any, value: Any, at: str) -> Any:
    """The value as the annotated type `wanted`, which is one of those that `generator.topology` uses."""
    if typing.get_origin(wanted) in (typing.Union, types.UnionType):
        return _read_union(typing.get_args(wanted), value, at)
    if typing.get_origin(wanted) is tuple:
        if not isinstance(value, list):
            raise NotATopology(f"{at} is not a list")
        element = typing.get_args(wanted)[0]
        return tuple(_read(element, entry, f"{at}[{index}]") for index, entry in enumerate(value))
    if dataclasses.is_dataclass(wanted):
        return _read_dataclass(wanted, value, at)
    if isinstance(wanted, type) and issubclass(wanted, StrEnum):
        if value not in tuple(wanted):
            raise NotATopology(f"{at} is not a {wanted.__name__}")
        return wanted(value)
    # A price of 3 stands in JSON as 3 or 3.0; every other number is whole.
    if wanted is float and type(value) in (int, float):
        return value
    if type(value) is not wanted:
        raise NotATopology(f"{at} is not a {wanted.__name__}")
    return value


def _read_union(options: tuple[Any, ...], value: Any, at: str) -> Any:
    if value is None and types.NoneType in options:
        return None
    some = [option for option in options if option is not types.NoneType]
    # The only union of two kinds of value is text or a dataclass.
    fits = [option for option in some if dataclasses.is_dataclass(option) == isinstance(value, dict)]
    return _read((fits or some)[0], value, at)


def _read_dataclass(wanted: Any, value: Any, at: str) -> Any:
    annotations = _annotations(wanted)
    if not isinstance(value, dict) or value.keys() != annotations.keys():
        raise NotATopology(f"{at} is not a {wanted.__name__}")
    return wanted(
        **{name: _read(annotation, value[name], f"{at}.{name}") for name, annotation in annotations.items()}
    )


@functools.cache
def _annotations(wanted: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(wanted)
    return {entry.name: hints[entry.name] for entry in dataclasses.fields(wanted)}
