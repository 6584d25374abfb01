"""What a daemon tells, in words."""

import json
import shlex
from typing import assert_never

from portico.files import shown_path
from portico.progress import (
    Accepted,
    DirectLaneReady,
    Draining,
    EmbeddedReady,
    EmbeddedStarting,
    LeftoverEnded,
    LiteLLMReady,
    ProcessBack,
    ProcessDied,
    Progress,
    ProvidersSeen,
    Servable,
    Stopped,
)
from portico.status import Health, ProviderStatus

_HEALTH = {
    Health.HEALTHY: "ok",
    Health.DEGRADED: "some endpoints down",
    Health.UNHEALTHY: "does not answer",
    Health.UNKNOWN: "not probed",
}


def text(progress: Progress) -> str:  # noqa: C901 - one case per event
    """One event for the person at the terminal; a few lines where they need them."""
    match progress:
        case Accepted():
            return f"release {progress.release}"
        case LeftoverEnded():
            return f"ended {progress.name} (pid {progress.pid}), left behind by a daemon that was killed"
        case DirectLaneReady():
            return f"direct lane ready in {progress.seconds:.1f} s: {progress.url}"
        case LiteLLMReady():
            workers = "1 worker" if progress.workers == 1 else f"the first of {progress.workers} workers"
            return f"LiteLLM ready in {progress.seconds:.1f} s ({workers})"
        case EmbeddedStarting():
            return _embedded(progress)
        case EmbeddedReady():
            return f"embedded engine ready in {progress.seconds:.1f} s"
        case ProvidersSeen():
            return _providers(progress.providers)
        case Servable():
            return _request(progress)
        case ProcessDied():
            return (
                f"{progress.name} ended ({progress.why}) and is started again in {progress.pause:.1f} s; "
                f"its log: {shown_path(progress.log)}"
            )
        case ProcessBack():
            return f"{progress.name} is back"
        case Draining():
            requests = _requests(progress.requests)
            return f"stopping; waiting up to {progress.seconds:.0f} s for {requests} (Ctrl-C: at once)"
        case Stopped():
            return "stopped" if progress.cut == 0 else f"stopped; cut off {_requests(progress.cut)}"
        case _:
            assert_never(progress)


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"


def _embedded(progress: EmbeddedStarting) -> str:
    why = "as gateway.yaml asks" if progress.asked_for else "no configured engine answers"
    if progress.own_model is not None:
        return f"{why}: starting the embedded llama.cpp with {shown_path(progress.own_model)} as provider `{progress.provider}`"
    gateway = shown_path(progress.config / "gateway.yaml")
    return (
        f"{why}: starting the embedded llama.cpp with the tiny model that ships, as provider `{progress.provider}`\n"
        f"  it knows a dozen answers; for a model of your own set `embedded.model_file` in {gateway} to a GGUF file,\n"
        "  or start Ollama, llama.cpp or vLLM where providers.yaml says they are"
    )


def _providers(providers: tuple[ProviderStatus, ...]) -> str:
    return "providers: " + ", ".join(
        f"{provider.name} ({_HEALTH[provider.health]})" for provider in providers
    )


def _request(servable: Servable) -> str:
    body = json.dumps(
        {"model": servable.model, "messages": [{"role": "user", "content": "Hello!"}]}, ensure_ascii=False
    )
    return (
        "try it:\n"
        f"  curl {servable.url}/v1/chat/completions -H 'content-type: application/json' \\\n"
        f"    -d {shlex.quote(body)}"
    )
