"""An endpoint ends in a path of the API that is called below it."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from generator.engines import GENERATING_PATHS
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES
from schemas.providers import Provider

# Of one segment only `/v1` and `/completions`: a reverse proxy may well call a server's prefix `/embeddings` or `/rerank`.
_PATHS = (
    "/v1",
    "/v1/models",
    "/completions",
    *(path for path in GENERATING_PATHS if path.startswith(("/v1/", "/chat/"))),
)
_OLLAMA_PATHS = (
    "/api",
    "/api/tags",
    "/api/ps",
    "/api/version",
    *(path for path in GENERATING_PATHS if path.startswith("/api/")),
)


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        # LiteLLM takes a cloud's base URL as the cloud documents it, version included.
        if entry.engine not in LOCAL_ENGINES:
            yield from _without_version(name, entry)
            continue
        for index, url in enumerate(entry.endpoints):
            ending = _api_ending(endpoint(url).prefix, entry.engine)
            if ending:
                root = url.rstrip("/")[: -len(ending)]
                at = in_providers("providers", name, "endpoints", index)
                yield Finding(f"the endpoint ends in `{ending}`, which is added to it", at, f"write {root}")


def _without_version(name: str, entry: Provider) -> Iterator[Finding]:
    """https://platform.openai.com/docs/api-reference: https://api.openai.com/v1, below which LiteLLM asks for /chat/completions."""
    for index, url in enumerate(entry.endpoints if entry.engine == "openai" else ()):
        if not endpoint(url).prefix:
            at = in_providers("providers", name, "endpoints", index)
            message = "the endpoint has no path, and nothing is added to it for the engine openai"
            yield Finding(message, at, f"write {url.rstrip('/')}/v1", severity=Severity.WARNING)


def _api_ending(prefix: str, engine: str) -> str:
    paths = (*_PATHS, *_OLLAMA_PATHS) if engine == "ollama" else _PATHS
    rest = prefix.lower()
    while ending := max((path for path in paths if rest.endswith(path)), key=len, default=""):
        rest = rest.removesuffix(ending)
    return prefix[len(rest) :]


CHECK = Check(
    code="endpoint-path",
    severity=Severity.ERROR,
    summary="An endpoint ends in `/v1` or another path of the API; or, for the engine openai, lacks it (a warning).",
    remedy=(
        "An endpoint is the root of a server: Portico adds `/v1/chat/completions`, the health path and the rest itself, and would "
        "ask for `/v1/v1/...`. Write scheme, host, port and, behind a reverse proxy, the prefix before the API's own path. Of a cloud provider, write the base URL that it "
        "documents, version included; for openai, `https://api.openai.com/v1`."
    ),
    find=_find,
)
