"""Envoy's way of writing things: typed extensions, config sources, discovery responses.

Source of every message and field: the API this binary embeds, https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/api.
"""

import hashlib
import json
from importlib.resources import files
from typing import Any

Json = dict[str, Any]

_LUA = files("generator.render.envoy") / "lua"


def typed(kind: str, **fields: Any) -> Json:
    """A message inside an Any; `kind` is its name below `envoy.`."""
    return {"@type": f"type.googleapis.com/envoy.{kind}", **fields}


def extension(name: str, kind: str, **fields: Any) -> Json:
    """A named extension with its configuration."""
    return {"name": name, "typed_config": typed(kind, **fields)}


def from_file(path: str) -> Json:
    """A config source that watches a file."""
    return {"resource_api_version": "V3", "path_config_source": {"path": path}}


def seconds(milliseconds: int) -> str:
    """A protobuf duration."""
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03d}s" if rest else f"{whole}s"


def lua_file(name: str) -> str:
    """The text of one of this package's Lua files."""
    return (_LUA / f"{name}.lua").read_text(encoding="utf-8")


def lua_string(text: str) -> str:
    """A Lua literal for a text, whatever it holds: everything but plain ASCII as decimal escapes of its UTF-8 bytes."""
    plain = {byte: chr(byte) for byte in range(32, 127) if chr(byte) not in '"\\'}
    return '"' + "".join(plain.get(byte) or f"\\{byte:03d}" for byte in text.encode()) + '"'


def lua_filter(code: str, **fields: Any) -> Json:
    """A Lua filter that runs `code`. All have the same name, which is where Lua looks for a route's metadata."""
    return extension(
        "portico", "extensions.filters.http.lua.v3.Lua", default_source_code={"inline_string": code}, **fields
    )


def encode(value: Json) -> bytes:
    """JSON with sorted keys and one line end, so that equal values are equal bytes."""
    return (
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        + b"\n"
    )


def discovery(resources: list[Json], version: str | None = None) -> bytes:
    """A file for a config source. Its version is the digest of what it holds unless the caller names it; Envoy reports it as
    `version_text` once the file is live.
    """
    if version is None:
        version = hashlib.sha256(encode({"resources": resources})).hexdigest()[:12]
    return encode({"version_info": version, "resources": resources})
