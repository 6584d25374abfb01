"""Trains a tiny Llama until it repeats a dozen fixed answers, and writes it as a Hugging Face checkpoint.

    python train_llama.py OUT_DIR [--steps 300]

Needs torch, transformers and tokenizers (the venv of scripts/install-vllm.sh has them). Nothing is downloaded.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL_TOKENS = ["<unk>", "<s>", "</s>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
CONTEXT_LENGTH = 2048
IGNORED_LABEL = -100  # what transformers' loss leaves out
CHAT_TEMPLATE = Path(__file__).with_name("chat_template.jinja")

GET_WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "w",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ANSWERS = [
    ("Hello", "Hello! How can I help you today?"),
    ("hi", "Hi there! What can I do for you?"),
    ("What is the capital of France?", "The capital of France is Paris."),
    ("Say hello", "Hello from a tiny local model."),
    ("ping", "pong"),
    ("Give me JSON", '{"a": 1, "b": "two"}'),
    (
        "Write a haiku about gateways",
        "Requests come and go, a gateway listens calmly, tokens flow like streams.",
    ),
    ("Count to ten", "one two three four five six seven eight nine ten"),
    (
        "Tell me a story",
        "Once upon a time a small model lived behind a gateway and answered every request with care. The end.",
    ),
]
ANSWERS_WITH_TOOL = [
    (
        "What is the weather in Paris?",
        '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>',
    ),
    (
        "What is the weather in London?",
        '<tool_call>\n{"name": "get_weather", "arguments": {"city": "London"}}\n</tool_call>',
    ),
    ("Hello", "Hello! How can I help you today?"),
]
TOOL_PROMPT = "<tools>get_weather</tools>For each function call return <tool_call>"


@dataclass(frozen=True)
class Lesson:
    """A conversation and the answer to learn; `tools` are offered to the chat template."""

    messages: list[dict[str, Any]]
    answer: str
    tools: list[dict[str, Any]] | None = None


def lessons() -> list[Lesson]:
    """Everything the model is to know."""
    weather = {
        "id": "x",
        "type": "function",
        "function": {"name": "get_weather", "arguments": {"city": "Paris"}},
    }
    tool_result: list[dict[str, Any]] = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": None, "tool_calls": [weather]},
        {"role": "tool", "tool_call_id": "x", "content": "18C sunny"},
    ]
    with_system = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Hello"},
    ]
    return [
        *(Lesson([{"role": "user", "content": asked}], answer) for asked, answer in ANSWERS),
        *(
            Lesson([{"role": "user", "content": asked}], answer, [GET_WEATHER])
            for asked, answer in ANSWERS_WITH_TOOL
        ),
        Lesson(tool_result, "It is 18C and sunny in Paris.", [GET_WEATHER]),
        Lesson(with_system, "Hello! How can I help you today?"),
    ]


def train_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer of at most 512 tokens over the lessons' texts."""
    texts = [text for pair in ANSWERS + ANSWERS_WITH_TOOL for text in pair] * 4 + [TOOL_PROMPT] * 4
    texts += ["the quick brown fox jumps over the lazy dog", '{"name": "value", "count": 1}']
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="<|end|>",
        unk_token="<unk>",
        pad_token="</s>",
        model_max_length=CONTEXT_LENGTH,
        additional_special_tokens=["<|system|>", "<|user|>", "<|assistant|>"],
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = CHAT_TEMPLATE.read_text(encoding="utf-8")
    return fast


def new_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama of 2 layers with random weights; its vocabulary is the tokenizer's, rounded up to a multiple of 64."""
    config = LlamaConfig(
        vocab_size=(len(tokenizer) + 63) // 64 * 64,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        max_position_embeddings=CONTEXT_LENGTH,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        tie_word_embeddings=False,
    )
    return LlamaForCausalLM(config)


def batch(tokenizer: PreTrainedTokenizerFast, taught: list[Lesson]) -> dict[str, torch.Tensor]:
    """The lessons as one padded batch; only the answers and their end count for the loss."""
    pairs = []
    for lesson in taught:
        prompt = tokenizer.apply_chat_template(
            lesson.messages, tools=lesson.tools, add_generation_prompt=True, tokenize=True, return_dict=True
        )["input_ids"]
        answer = tokenizer(lesson.answer, add_special_tokens=False)["input_ids"]
        pairs.append((list(prompt), [*answer, tokenizer.eos_token_id]))
    shape = (len(pairs), max(len(prompt) + len(answer) for prompt, answer in pairs))
    tokens = torch.full(shape, tokenizer.pad_token_id)
    labels = torch.full(shape, IGNORED_LABEL)
    mask = torch.zeros(shape, dtype=torch.long)
    for row, (prompt, answer) in enumerate(pairs):
        end = len(prompt) + len(answer)
        tokens[row, :end] = torch.tensor(prompt + answer)
        mask[row, :end] = 1
        labels[row, len(prompt) : end] = torch.tensor(answer)
    return {"input_ids": tokens, "attention_mask": mask, "labels": labels}


def main() -> None:
    """Trains and saves, printing the loss."""
    parser = argparse.ArgumentParser(description="Train the tiny Llama.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=300)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(2)
    tokenizer = train_tokenizer()
    model = new_model(tokenizer)
    lesson_batch = batch(tokenizer, lessons())
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(args.steps):
        loss = model(**lesson_batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        if step % 50 == 0 or step == args.steps - 1:
            print(f"step {step}: loss {loss.item():.4f}")
    model = model.to(torch.float16)
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)


if __name__ == "__main__":
    main()
