"""The engines a provider can be: the servers Portico speaks to itself, and what LiteLLM translates to."""

LOCAL_ENGINES = ("ollama", "llamacpp", "vllm", "sglang", "tgi", "openai-compatible")
"""Inference servers with an OpenAI-compatible API; they need at least one endpoint."""

CLOUD_ENGINES = tuple(
    """
ai21 ai21_chat aiml amazon_nova anthropic anthropic_text apertis azure azure_ai azure_text baseten bedrock
bedrock_mantle bytez cerebras chatgpt chutes clarifai cloudflare codestral cognition cohere cohere_chat
cometapi compactifai cortecs darkbloom dashscope databricks datarobot deepinfra deepseek edenai empower
featherless_ai fireworks_ai friendliai galadriel gdc gemini gigachat github github_copilot gradient_ai
groq heroku huggingface hyperbolic inception jina_ai lambda_ai libertai maritalk meta meta_llama minimax
mistral modelscope moonshot morph nano-gpt nebius neosantara nlp_cloud novita nscale nvidia_nim oci openai
openrouter ovhcloud parasail perplexity pinstripes poe publicai qwen_ai_platform qwencloud reka replicate
sagemaker sagemaker_chat sail sambanova sap scaleway scx-ai snowflake synthetic tencent tensormesh
text-completion-codestral text-completion-inception text-completion-openai together_ai v0 vercel_ai_gateway
vertex_ai vertex_ai_beta volcengine voyage wandb watsonx watsonx_text xai xiaomi_mimo zai
""".split()
)
"""LiteLLM's chat, embedding and rerank providers, by their prefix in LiteLLM 1.106
(https://docs.litellm.ai/docs/providers). Left out: its routers, vector stores, and other names for local servers."""

AMBIENT_CREDENTIALS = frozenset(
    {
        "bedrock",
        "bedrock_mantle",
        "sagemaker",
        "sagemaker_chat",
        "vertex_ai",
        "vertex_ai_beta",
        "gdc",
        "oci",
        "github_copilot",
        "chatgpt",
    }
)
"""Cloud engines that take their credentials from the machine they run on, so that no `api_key` is given. The last two sign in with
a device code and keep what they get (https://docs.litellm.ai/docs/providers/github_copilot)."""

ENGINE_NAMES = LOCAL_ENGINES + CLOUD_ENGINES
"""Every accepted value of `engine`."""
