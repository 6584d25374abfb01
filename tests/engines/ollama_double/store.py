"""The models that exist, what they are called, and how long they stay loaded."""

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DEFAULT_KEEP_ALIVE = 300.0
DURATION_PARTS = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")
SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class BadDuration(ValueError):
    """A keep_alive that is neither a number of seconds nor a Go duration such as `1m30s`."""


@dataclass(frozen=True)
class StoredModel:
    """A model on disk under its full name (with tag)."""

    name: str
    path: Path
    digest: str
    size: int
    modified_at: str

    @property
    def details(self) -> dict[str, Any]:
        """The `details` object of `/api/tags`, `/api/ps` and `/api/show`."""
        return {
            "parent_model": "",
            "format": "gguf",
            "family": "llama",
            "families": ["llama"],
            "parameter_size": "139.58K",
            "quantization_level": "F16",
        }

    def listed(self) -> dict[str, Any]:
        """The entry of `/api/tags`."""
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": self.modified_at,
            "size": self.size,
            "digest": self.digest,
            "details": self.details,
        }


def stored(name: str, path: Path) -> StoredModel:
    """Takes the GGUF at `path` into the store under `name`; untagged names mean `:latest`."""
    data = path.read_bytes()
    return StoredModel(full_name(name), path, hashlib.sha256(data).hexdigest(), len(data), timestamp())


def full_name(name: str) -> str:
    """`tiny` → `tiny:latest`; a name with a tag stays as it is."""
    return name if ":" in name else f"{name}:latest"


def timestamp(seconds: float | None = None) -> str:
    """RFC 3339 in UTC, of a Unix time or of now."""
    moment = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat().replace("+00:00", "Z")


def keep_alive_seconds(value: object) -> float:
    """How long a model stays after its last request: seconds as a number, or a Go duration; negative means for ever.

    None is Ollama's default of five minutes. Raises BadDuration. Source: api.Duration.UnmarshalJSON in api/types.go.
    """
    if value is None:
        return DEFAULT_KEEP_ALIVE
    if isinstance(value, int | float) and not isinstance(value, bool):
        return math.inf if value < 0 else float(value)
    if not isinstance(value, str):
        raise BadDuration(f"Unsupported type: '{type(value).__name__}'")
    text = value.removeprefix("-")
    parts = DURATION_PARTS.findall(text)
    if not text or (text != "0" and "".join(number + unit for number, unit in parts) != text):
        raise BadDuration(f'time: invalid duration "{value}"')
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    return math.inf if value.startswith("-") else seconds
