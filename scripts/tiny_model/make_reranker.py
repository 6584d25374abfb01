"""Writes a random cross-encoder (a tiny BERT with one label) as GGUF: a real /v1/rerank whose scores mean nothing.

    python make_reranker.py VOCAB.txt OUT.gguf

VOCAB.txt is a BERT WordPiece vocabulary, one token a line (30,522 lines; `vocab.txt` of all-MiniLM-L6-v2 or of
bert-base-uncased). Needs torch, transformers, numpy and gguf. Nothing is downloaded.
"""

import argparse
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt
import torch
from transformers import BertConfig, BertForSequenceClassification

Array = npt.NDArray[Any]

CONTROL_TOKENS = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
WORD_START = "▁"  # what ggml writes where WordPiece writes nothing
EMBEDDINGS = {
    "token_embd.weight": "word_embeddings.weight",
    "position_embd.weight": "position_embeddings.weight",
    "token_types.weight": "token_type_embeddings.weight",
    "token_embd_norm.weight": "LayerNorm.weight",
    "token_embd_norm.bias": "LayerNorm.bias",
}
LAYER = {
    "attn_q": "attention.self.query",
    "attn_k": "attention.self.key",
    "attn_v": "attention.self.value",
    "attn_output": "attention.output.dense",
    "attn_output_norm": "attention.output.LayerNorm",
    "ffn_up": "intermediate.dense",
    "ffn_down": "output.dense",
    "layer_output_norm": "output.LayerNorm",
}
KEPT_IN_F32 = ("position_embd", "token_types")


def random_weights(config: BertConfig) -> dict[str, Array]:
    """The state of a freshly made model, by Hugging Face's names without the leading `bert.`; the same every time."""
    torch.manual_seed(0)
    state = BertForSequenceClassification(config).state_dict()
    return {name.removeprefix("bert."): tensor.numpy() for name, tensor in state.items()}


def write_parameters(writer: gguf.GGUFWriter, config: BertConfig) -> None:
    """The shape of the model."""
    writer.add_name("Tiny Reranker")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_layer_norm_eps(config.layer_norm_eps)
    writer.add_causal_attention(value=False)
    writer.add_pooling_type(gguf.PoolingType.RANK)
    writer.add_classifier_output_labels(["LABEL_0"])
    writer.add_token_type_count(config.type_vocab_size)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def write_tokenizer(writer: gguf.GGUFWriter, vocabulary: list[str]) -> None:
    """The WordPiece vocabulary in ggml's spelling: words marked at their start, continuations bare."""
    tokens = [
        token if token in CONTROL_TOKENS else token[2:] if token.startswith("##") else WORD_START + token
        for token in vocabulary
    ]
    kinds = [gguf.TokenType.CONTROL if token in CONTROL_TOKENS else gguf.TokenType.NORMAL for token in tokens]
    place = {token: number for number, token in enumerate(vocabulary)}
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_bos_token_id(place["[CLS]"])
    writer.add_eos_token_id(place["[SEP]"])
    writer.add_unk_token_id(place["[UNK]"])
    writer.add_sep_token_id(place["[SEP]"])
    writer.add_pad_token_id(place["[PAD]"])
    writer.add_mask_token_id(place["[MASK]"])
    writer.add_add_bos_token(value=True)
    writer.add_add_eos_token(value=True)
    writer.add_add_sep_token(value=False)
    writer.add_bool("tokenizer.ggml.normalizer.lowercase", val=True)


def write_tensors(writer: gguf.GGUFWriter, config: BertConfig, weights: dict[str, Array]) -> None:
    """Every tensor: matrices in f16 but for the small embeddings, vectors in f32."""

    def put(name: str, tensor: Array) -> None:
        half = tensor.ndim > 1 and not name.startswith(KEPT_IN_F32)
        writer.add_tensor(name, np.ascontiguousarray(tensor.astype(np.float16 if half else np.float32)))

    for ours, theirs in EMBEDDINGS.items():
        put(ours, weights[f"embeddings.{theirs}"])
    for layer in range(config.num_hidden_layers):
        for ours, theirs in LAYER.items():
            for part in ("weight", "bias"):
                put(f"blk.{layer}.{ours}.{part}", weights[f"encoder.layer.{layer}.{theirs}.{part}"])
    for part in ("weight", "bias"):
        put(f"cls.output.{part}", weights[f"classifier.{part}"])


def main() -> None:
    """Makes the reranker from the command line."""
    parser = argparse.ArgumentParser(description="Write a random cross-encoder as GGUF.")
    parser.add_argument("vocabulary", type=Path, metavar="VOCAB.txt")
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    args = parser.parse_args()
    vocabulary = args.vocabulary.read_text(encoding="utf-8").splitlines()
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=512,
        num_labels=1,
        initializer_range=0.3,
    )
    writer = gguf.GGUFWriter(args.out, "bert")
    write_parameters(writer, config)
    write_tokenizer(writer, vocabulary)
    write_tensors(writer, config, random_weights(config))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
