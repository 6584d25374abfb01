"""A provider has an engine that nobody knows."""

from collections.abc import Iterator

from generator.checks.names import Names, fold
from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.engines import ENGINE_NAMES, LOCAL_ENGINES

_OTHER_NAMES = {
    "llama-cpp": "llamacpp",
    "llama-server": "llamacpp",
    "llama-cpp-python": "llamacpp",
    "llamafile": "llamacpp",
    "llama": "llamacpp",
    "ollama-chat": "ollama",
    "hosted-vllm": "vllm",
    "text-generation-inference": "tgi",
    "huggingface-tgi": "tgi",
    "openai-like": "openai-compatible",
    "custom-openai": "openai-compatible",
    "lm-studio": "openai-compatible",
    "lmstudio": "openai-compatible",
    "localai": "openai-compatible",
    "jan": "openai-compatible",
    "tabbyapi": "openai-compatible",
    "litellm": "openai-compatible",
    "xinference": "openai-compatible",
    "azure-openai": "azure",
    "aws": "bedrock",
    "amazon-bedrock": "bedrock",
    "google": "gemini",
    "google-ai": "gemini",
    "vertexai": "vertex_ai",
    "claude": "anthropic",
    "grok": "xai",
    "together": "together_ai",
    "fireworks": "fireworks_ai",
    "nvidia": "nvidia_nim",
    "kimi": "moonshot",
    "qwen": "dashscope",
}
"""What people call engines, folded, and how they are called here."""


def _find(subject: Subject) -> Iterator[Finding]:
    names = Names(ENGINE_NAMES)
    for name, entry in subject.providers.items():
        if entry.engine not in ENGINE_NAMES:
            meant = _OTHER_NAMES.get(fold(entry.engine)) or names.nearest(entry.engine)
            yield Finding(
                f"`{entry.engine}` is not an engine",
                in_providers("providers", name, "engine"),
                f"did you mean `{meant}`?"
                if meant is not None
                else f"choose {', '.join(LOCAL_ENGINES)}, or a provider that LiteLLM knows",
            )


CHECK = Check(
    code="unknown-engine",
    severity=Severity.ERROR,
    summary="The `engine` of a provider is neither a local engine nor a provider that LiteLLM knows.",
    remedy="The engine decides which APIs are spoken and how health is probed. A server that is not in the list, and has an "
    "API like OpenAI's, is `openai-compatible`.",
    find=_find,
)
