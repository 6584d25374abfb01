"""How a test tells a scripted engine what to do, and reads what it received.

Nothing is verified because there is nothing to verify: reading the certificates would take longer than the request.
"""

import base64
from dataclasses import dataclass
from typing import Any

import httpx

from tests.engines.lifecycle import Engine


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it reached the engine. `query` is without `?`; header names keep their case.

    `outcome` is answered, running, cut (by the script) or client_gone (the client closed the connection first).
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    outcome: str

    def header(self, name: str) -> str | None:
        """The value of the first header with that name, in whatever case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def script(engine: Engine, **instructions: Any) -> None:
    """Puts one script in force in place of any other; the keys are the fields of scripted_engine.script.Script."""
    scripts(engine, instructions)


def scripts(engine: Engine, *several: dict[str, Any]) -> None:
    """Puts several scripts in force; the first that matches a request serves it."""
    reply = httpx.post(f"{engine.url}/script", json=list(several), trust_env=False, verify=False)
    if reply.status_code != 204:
        raise ValueError(reply.text)


def clear_script(engine: Engine) -> None:
    """Back to ordinary answers."""
    httpx.delete(f"{engine.url}/script", trust_env=False, verify=False).raise_for_status()


def received(engine: Engine, path: str | None = None) -> list[ReceivedRequest]:
    """What the engine received, oldest first, of one path or all; probes included, this module's requests not."""
    params = {} if path is None else {"path": path}
    reply = httpx.get(
        f"{engine.url}/received", params=params, trust_env=False, verify=False
    ).raise_for_status()
    return [
        ReceivedRequest(
            method=entry["method"],
            path=entry["path"],
            query=entry["query"],
            headers=tuple((name, value) for name, value in entry["headers"]),
            body=base64.b64decode(entry["body"]),
            outcome=entry["outcome"],
        )
        for entry in reply.json()["requests"]
    ]


def clear_received(engine: Engine) -> None:
    """Forgets what was received and sets the counters to zero."""
    httpx.delete(f"{engine.url}/received", trust_env=False, verify=False).raise_for_status()


def counters(engine: Engine) -> dict[str, Any]:
    """`requests` by path, `generated_tokens`, `running` now and `most_running` since the counters were cleared."""
    answer: dict[str, Any] = (
        httpx.get(f"{engine.url}/counters", trust_env=False, verify=False).raise_for_status().json()
    )
    return answer
