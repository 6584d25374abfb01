"""Ask endpoints and services how they are, without spending a token or loading a model."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from generator.topology import Endpoint, Provider, Secret
from portico.errors import CannotStart
from portico.secrets import SecretValue, references, resolve

LOCAL_SECONDS = 2.0


class Answer(StrEnum):
    """What became of a probe."""

    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNREACHABLE = "unreachable"
    NOT_PROBED = "not probed"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """How one endpoint is. `latency_ms` is that of the health path; `version` and `models` are None where unknown."""

    provider: str
    url: str
    answer: Answer
    detail: str
    latency_ms: float | None = None
    version: str | None = None
    models: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Free:
    """What an engine tells for nothing: a path and the keys to the value in its JSON; `models` leads to a list of objects."""

    version: tuple[str, str] | None
    models: tuple[str, str, str] | None


_OPENAI_MODELS = ("/v1/models", "data", "id")

# Sources: https://docs.ollama.com/api (version, tags), llama.cpp tools/server/README.md (/props: build_info), vLLM's
# /version, https://huggingface.co/docs/text-generation-inference/reference/api_reference (/info).
_FREE: Mapping[str, _Free] = {
    "ollama": _Free(("/api/version", "version"), ("/api/tags", "models", "name")),
    "llamacpp": _Free(("/props", "build_info"), _OPENAI_MODELS),
    "vllm": _Free(("/version", "version"), _OPENAI_MODELS),
    "sglang": _Free(None, _OPENAI_MODELS),
    "tgi": _Free(("/info", "version"), None),
    "openai-compatible": _Free(None, _OPENAI_MODELS),
}


def probe_providers(providers: Iterable[Provider], base: Path) -> tuple[ProbeResult, ...]:
    """Probe every endpoint of these providers, all at the same time. `base` is what file references are relative to."""
    wanted = [(provider, endpoint) for provider in providers for endpoint in provider.endpoints]
    if not wanted:
        return ()
    with ThreadPoolExecutor(max_workers=min(16, len(wanted))) as pool:
        return tuple(pool.map(lambda pair: probe_endpoint(pair[0], pair[1], base), wanted))


def probe_endpoint(provider: Provider, endpoint: Endpoint, base: Path) -> ProbeResult:
    """Probe one endpoint by its health path, and ask for what its engine tells for free."""
    if provider.probe is None:
        return ProbeResult(provider.name, endpoint.url, Answer.NOT_PROBED, "no path answers without cost")
    seconds = provider.probe.timeout_ms / 1000
    # Envoy goes to the endpoint itself, so a proxy from the environment would make the answer another one.
    with httpx.Client(timeout=seconds, trust_env=False, headers=_headers(provider, base)) as client:
        started = perf_counter()
        try:
            answer = client.get(endpoint.url + provider.probe.path)
        except httpx.TimeoutException:
            return ProbeResult(
                provider.name, endpoint.url, Answer.UNREACHABLE, f"no answer within {seconds:g} s"
            )
        except httpx.HTTPError as error:
            return ProbeResult(provider.name, endpoint.url, Answer.UNREACHABLE, _reason(error))
        latency = (perf_counter() - started) * 1000
        detail = f"GET {provider.probe.path}: {answer.status_code}"
        if answer.status_code != 200:
            return ProbeResult(provider.name, endpoint.url, Answer.UNHEALTHY, detail, latency)
        version, models = _told_for_free(client, provider.engine, endpoint.url)
    return ProbeResult(provider.name, endpoint.url, Answer.HEALTHY, detail, latency, version, models)


def probe_http(url: str) -> tuple[bool, str]:
    """Whether a service's health URL answers 2xx or 3xx, and what it answered. Certificates are not checked: it is local."""
    try:
        answer = httpx.get(url, timeout=LOCAL_SECONDS, trust_env=False, verify=False)  # noqa: S501
    except httpx.TimeoutException:
        return False, f"no answer within {LOCAL_SECONDS:g} s"
    except httpx.HTTPError as error:
        return False, _reason(error)
    return answer.status_code < 400, f"answers {answer.status_code}"


def _headers(provider: Provider, base: Path) -> dict[str, str]:
    """The provider's headers, and its key as the OpenAI API takes it. What has no value is left out, and shows as a 401."""
    values: dict[Secret, SecretValue] = {}
    for reference in references(provider):
        try:
            values[reference] = resolve(reference, base)
        except CannotStart:
            continue
    headers = {header.name: header.value for header in provider.headers if isinstance(header.value, str)}
    for header in provider.headers:
        if isinstance(header.value, Secret) and header.value in values:
            headers[header.name] = values[header.value].reveal()
    if provider.api_key in values:
        headers["authorization"] = f"Bearer {values[provider.api_key].reveal()}"
    return headers


def _told_for_free(client: httpx.Client, engine: str, url: str) -> tuple[str | None, tuple[str, ...] | None]:
    free = _FREE.get(engine, _Free(None, None))
    version = models = None
    if free.version is not None:
        path, key = free.version
        found = _json(client, url + path)
        version = found.get(key) if isinstance(found, dict) else None
    if free.models is not None:
        path, key, name = free.models
        found = _json(client, url + path)
        entries = found.get(key) if isinstance(found, dict) else None
        if isinstance(entries, list):
            models = tuple(sorted(str(entry.get(name)) for entry in entries if isinstance(entry, dict)))
    return (version if isinstance(version, str) else None), models


def _json(client: httpx.Client, url: str) -> Any:
    """What a path tells; None where it tells nothing, which for a probe is as good an answer."""
    try:
        answer = client.get(url)
        return answer.json() if answer.status_code == 200 else None
    except (httpx.HTTPError, ValueError):
        return None


def _reason(error: httpx.HTTPError) -> str:
    text = str(error)
    return "connection refused" if "refused" in text.lower() else text or type(error).__name__
