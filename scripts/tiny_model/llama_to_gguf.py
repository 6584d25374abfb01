"""Writes a tiny Llama checkpoint of Hugging Face's format as a GGUF in f16. The same checkpoint gives the same bytes.

    python llama_to_gguf.py HF_DIR OUT.gguf

Needs numpy, gguf and safetensors, not torch. Source of the names: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import argparse
import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

Array = npt.NDArray[Any]


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def write_parameters(writer: gguf.GGUFWriter, config: dict[str, Any]) -> None:
    """The shape of the model."""
    writer.add_name("tiny-llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)


def write_tokenizer(writer: gguf.GGUFWriter, source: Path, vocab_size: int) -> None:
    """The tokenizer and the chat template; ids without a token become unused padding."""
    tokenizer, settings = read_json(source / "tokenizer.json"), read_json(source / "tokenizer_config.json")
    special = {token["id"]: token["content"] for token in tokenizer["added_tokens"]}
    ids = tokenizer["model"]["vocab"] | {content: number for number, content in special.items()}
    by_id = {number: token for token, number in ids.items()}
    tokens = [by_id.get(number, f"[PAD{number}]") for number in range(vocab_size)]
    types = [
        gguf.TokenType.CONTROL
        if number in special
        else gguf.TokenType.NORMAL
        if number in by_id
        else gguf.TokenType.UNUSED
        for number in range(vocab_size)
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_bos_token_id(ids[settings["bos_token"]])
    writer.add_eos_token_id(ids[settings["eos_token"]])
    writer.add_pad_token_id(ids[settings["pad_token"]])
    writer.add_unk_token_id(ids[settings["unk_token"]])
    writer.add_add_bos_token(value=False)
    writer.add_chat_template((source / "chat_template.jinja").read_text(encoding="utf-8"))


def interleaved(weights: Array, heads: int) -> Array:
    """Rows in ggml's order: Hugging Face rotates halves of a head, ggml rotates neighbours."""
    rows = weights.shape[0]
    return (
        weights.reshape(heads, 2, rows // heads // 2, *weights.shape[1:])
        .swapaxes(1, 2)
        .reshape(weights.shape)
    )


def write_tensors(writer: gguf.GGUFWriter, config: dict[str, Any], weights: dict[str, Array]) -> None:
    """Every tensor: matrices in f16, vectors in f32."""

    def put(name: str, tensor: Array) -> None:
        kind = np.float16 if tensor.ndim > 1 else np.float32
        writer.add_tensor(name, np.ascontiguousarray(tensor.astype(kind)))

    put("token_embd.weight", weights["model.embed_tokens.weight"])
    put("output_norm.weight", weights["model.norm.weight"])
    put("output.weight", weights["lm_head.weight"])
    for layer in range(config["num_hidden_layers"]):
        ours, theirs = f"blk.{layer}", f"model.layers.{layer}"
        query = weights[f"{theirs}.self_attn.q_proj.weight"]
        key = weights[f"{theirs}.self_attn.k_proj.weight"]
        put(f"{ours}.attn_norm.weight", weights[f"{theirs}.input_layernorm.weight"])
        put(f"{ours}.ffn_norm.weight", weights[f"{theirs}.post_attention_layernorm.weight"])
        put(f"{ours}.attn_q.weight", interleaved(query, config["num_attention_heads"]))
        put(f"{ours}.attn_k.weight", interleaved(key, config["num_key_value_heads"]))
        put(f"{ours}.attn_v.weight", weights[f"{theirs}.self_attn.v_proj.weight"])
        put(f"{ours}.attn_output.weight", weights[f"{theirs}.self_attn.o_proj.weight"])
        for part in ("gate", "up", "down"):
            put(f"{ours}.ffn_{part}.weight", weights[f"{theirs}.mlp.{part}_proj.weight"])


def main() -> None:
    """Converts from the command line."""
    parser = argparse.ArgumentParser(description="Write a tiny Llama checkpoint as GGUF.")
    parser.add_argument("source", type=Path, metavar="HF_DIR")
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    args = parser.parse_args()
    config = read_json(args.source / "config.json")
    writer = gguf.GGUFWriter(args.out, "llama")
    write_parameters(writer, config)
    write_tokenizer(writer, args.source, config["vocab_size"])
    write_tensors(writer, config, load_file(args.source / "model.safetensors"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
