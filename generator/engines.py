"""What each engine speaks and how it is probed: the table from which lanes are chosen.

Every entry names its source. An API in `speaks` is answered by the engine itself without loss, which contract tests prove for
the engines that run in tests.
"""

from dataclasses import dataclass
from functools import cache

from generator.topology import Api
from schemas.engines import LOCAL_ENGINES
from schemas.providers import Capability

_TEXT = (Api.CHAT, Api.COMPLETIONS)
_OPENAI_BASICS = (Api.CHAT, Api.COMPLETIONS, Api.EMBEDDINGS)


@dataclass(frozen=True, slots=True)
class Engine:
    """What is known about an engine. Paths are below the endpoint's root."""

    speaks: tuple[Api, ...]
    """APIs it answers itself."""
    health_path: str | None
    """Path that answers 200 without spending tokens or loading a model; None: not probed."""
    metrics_path: str | None
    """Prometheus metrics, where the engine has them."""
    litellm_prefix: str
    """LiteLLM's provider prefix that loses nothing, see docs/adr/0005-litellm-lane.md."""
    litellm_apis: tuple[Api, ...] = (*_OPENAI_BASICS, Api.RESPONSES, Api.MESSAGES)
    """APIs LiteLLM serves in front of it: all it translates to chat, and rerank where the engine has it."""


ENGINES: dict[str, Engine] = {
    # https://docs.ollama.com/api/openai-compatibility (responses since 0.13.3), https://docs.ollama.com/api/anthropic-compatibility
    # (messages since 0.14); /api/version answers without touching a model. No rerank, no metrics.
    "ollama": Engine((*_OPENAI_BASICS, Api.RESPONSES, Api.MESSAGES), "/api/version", None, "llamafile"),
    # https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
    "llamacpp": Engine(tuple(Api), "/health", "/metrics", "llamafile", tuple(Api)),
    # https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html; messages: vllm/entrypoints/anthropic
    "vllm": Engine(tuple(Api), "/health", "/metrics", "llamafile", tuple(Api)),
    # https://docs.sglang.ai/basic_usage/openai_api.html; /health answers without a generation, /health_generate would not
    "sglang": Engine((*_OPENAI_BASICS, Api.RERANK), "/health", "/metrics", "llamafile", tuple(Api)),
    # https://huggingface.co/docs/text-generation-inference/reference/api_reference: chat and completions only
    "tgi": Engine(_TEXT, "/health", "/metrics", "llamafile", (*_TEXT, Api.RESPONSES, Api.MESSAGES)),
    # Only what every such server has; /v1/models is the one path it must answer without generating.
    "openai-compatible": Engine(_OPENAI_BASICS, "/v1/models", None, "llamafile"),
}

GENERATING_PATHS = (
    "/v1/chat",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/rerank",
    "/v1/reranking",
    "/v2/rerank",
    "/v1/score",
    "/v1/responses",
    "/v1/messages",
    "/v1/audio",
    "/v1/images",
    "/v1/classify",
    "/chat/completions",
    "/completion",
    "/completions",
    "/embed",
    "/embedding",
    "/embeddings",
    "/encode",
    "/rerank",
    "/reranking",
    "/responses",
    "/messages",
    "/score",
    "/classify",
    "/pooling",
    "/infill",
    "/generate",
    "/generate_stream",
    "/health_generate",
    "/invocations",
    "/models/load",
    "/api/chat",
    "/api/generate",
    "/api/embed",
    "/api/embeddings",
    "/api/pull",
    "/api/create",
    "/api/show",
    "/upstream",
)
"""Paths of the engines above, and of llama-swap (`/upstream/<model>`), that spend tokens or load a model: no health paths."""

_CAPABILITY_APIS: dict[Capability, tuple[Api, ...]] = {
    Capability.CHAT: (Api.CHAT, Api.RESPONSES, Api.MESSAGES),
    Capability.COMPLETION: (Api.COMPLETIONS,),
    Capability.EMBEDDING: (Api.EMBEDDINGS,),
    Capability.RERANK: (Api.RERANK,),
    Capability.TOOLS: (),
    Capability.VISION: (),
}


@cache
def engine(name: str) -> Engine:
    """The entry of an engine; a cloud provider's is made from its LiteLLM prefix, which is its name."""
    if name in LOCAL_ENGINES:
        return ENGINES[name]
    return Engine(
        speaks=(), health_path=None, metrics_path=None, litellm_prefix=name, litellm_apis=tuple(Api)
    )


@cache
def apis_of(capabilities: tuple[str, ...]) -> tuple[Api, ...]:
    """The APIs a model with these capabilities can be asked on, in the order of `Api`."""
    wanted = {api for capability in capabilities for api in _CAPABILITY_APIS[Capability(capability)]}
    return tuple(api for api in Api if api in wanted)
