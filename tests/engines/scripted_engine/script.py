"""What a test may tell the engine to do with the requests that follow."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

FOR_EVER = -1


class BadScript(ValueError):
    """A script with an unknown key or a value of the wrong type."""


@dataclass(frozen=True)
class Script:
    """One instruction. Times are seconds; None leaves the ordinary answer.

    Which requests: `path` (exact; None = every path under /v1/ that is POSTed), `model` (exact), `times` (how many
    requests it serves before it is dropped; -1 = all).
    What happens: `delay` before anything is sent; `status`; `headers` added or replaced; `body` sent instead of the
    answer (a text verbatim, anything else as JSON); `chunks` sent verbatim one by one instead of the answer's stream;
    `first_chunk_delay` after the headers of a stream; `chunk_delay` before each further chunk; `cut_after` resets the TCP
    connection after that many chunks of a stream (0: after the headers), or for an answer without stream before a byte
    is sent. A hang is a large delay.
    """

    path: str | None = None
    model: str | None = None
    times: int = FOR_EVER
    delay: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: Any = None
    chunks: tuple[str, ...] | None = None
    first_chunk_delay: float = 0.0
    chunk_delay: float = 0.0
    cut_after: int | None = None

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Reads a script from a decoded JSON object. Raises BadScript."""
        if not isinstance(value, dict):
            raise BadScript("a script is a JSON object")
        known = {field.name for field in dataclasses.fields(cls)}
        if unknown := sorted(set(value) - known):
            raise BadScript(f"unknown keys: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        if "chunks" in value:
            value = {**value, "chunks": tuple(value["chunks"])}
        return cls(**value)

    def matches(self, path: str, model: str | None) -> bool:
        """Whether a request to `path` for `model` is meant (apart from `times`)."""
        right_path = path.startswith("/v1/") if self.path is None else path == self.path
        return right_path and self.model in (None, model)


class Scripts:
    """The scripts in force; the first that matches a request serves it."""

    def __init__(self) -> None:
        self._scripts: list[Script] = []

    def replace(self, raw: bytes) -> None:
        """Takes a script, or a list of them, as JSON in place of what was in force. Raises BadScript."""
        try:
            value = json.loads(raw)
        except ValueError as error:
            raise BadScript(f"not JSON: {error}") from error
        self._scripts = [Script.from_json(entry) for entry in (value if isinstance(value, list) else [value])]

    def clear(self) -> None:
        """Back to ordinary answers."""
        self._scripts = []

    def take(self, path: str, model: str | None) -> Script:
        """The script for this request, using up one of its `times`; the default script when none matches."""
        for place, script in enumerate(self._scripts):
            if script.times != 0 and script.matches(path, model):
                if script.times > 0:
                    self._scripts[place] = dataclasses.replace(script, times=script.times - 1)
                return script
        return Script()
