"""Serves one GGUF over HTTP with llama.cpp's own server; run as `python -m portico.embedded.server --model X.gguf`.

Once the model is loaded, one line `listening on http://HOST:PORT` goes to stdout and `/health` answers 200 (503 while
loading). SIGTERM and SIGINT end the process at once with status 0 and cut what is being generated; while the model still
loads they end it with the signal's own status. Everything wrong with the arguments, the model or the port is one line
`error: ...` on stderr and status 1 (2 for arguments that argparse refuses).

Source of the HTTP API: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import xllamacpp

GGUF_MAGIC = b"GGUF"
POOLING = {
    "none": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_NONE,
    "mean": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN,
    "cls": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_CLS,
    "last": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST,
    "rank": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK,
}


class CannotServe(Exception):
    """The server cannot start; the message is one line for the person who started it."""


@dataclass(frozen=True)
class Options:
    """What to serve and where. `context_size` counts tokens and is divided among the `parallel` slots; 0 = the model's own."""

    model: Path
    alias: str | None
    host: str
    port: int
    context_size: int
    parallel: int
    threads: int
    embeddings: bool
    pooling: str | None
    api_key_env: str | None


def parse_options(argv: Sequence[str] | None = None) -> Options:
    """Reads the command line (`sys.argv` by default); argparse prints usage and exits with 2 on a bad one."""
    parser = argparse.ArgumentParser(
        prog="python -m portico.embedded.server",
        description="Serve one GGUF model with llama.cpp's HTTP server.",
    )
    parser.add_argument("--model", type=Path, required=True, help="path of the GGUF file")
    parser.add_argument("--alias", help="model name in answers and in /v1/models (default: the path)")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 takes a free port and prints it")
    parser.add_argument(
        "--ctx-size",
        type=int,
        default=0,
        help="tokens of context, shared by the slots (default: what the model has)",
    )
    parser.add_argument("--parallel", type=int, default=1, help="requests generated at the same time (slots)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="CPU threads for generating")
    parser.add_argument("--embeddings", action="store_true", help="serve /v1/embeddings too")
    parser.add_argument(
        "--pooling", choices=sorted(POOLING), help="with --embeddings; `rank` serves /v1/rerank"
    )
    parser.add_argument("--api-key-env", metavar="NAME", help="environment variable that holds the API key")
    args = parser.parse_args(argv)
    if args.pooling is not None and not args.embeddings:
        parser.error("--pooling needs --embeddings")
    if not 0 <= args.port <= 65535:
        parser.error(f"--port {args.port} is not between 0 and 65535")
    for option, value, least in (
        ("--parallel", args.parallel, 1),
        ("--threads", args.threads, 1),
        ("--ctx-size", args.ctx_size, 0),
    ):
        if value < least:
            parser.error(f"{option} {value} is below {least}")
    return Options(
        model=args.model,
        alias=args.alias,
        host=args.host,
        port=args.port,
        context_size=args.ctx_size,
        parallel=args.parallel,
        threads=args.threads,
        embeddings=args.embeddings,
        pooling=args.pooling,
        api_key_env=args.api_key_env,
    )


def serve(options: Options) -> NoReturn:
    """Loads the model, serves until SIGTERM or SIGINT, then ends the process with status 0. Raises CannotServe."""
    require_gguf(options.model)
    require_free_port(options.host, options.port)
    parameters = llamacpp_parameters(options)
    # The constructor loads the model in C++, for minutes if it is large, and Python's own handlers would only run after
    # it: the default action ends the process at once, and there is nothing to clean up yet.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        server = xllamacpp.Server(parameters)
    except RuntimeError as error:
        raise CannotServe(f"llama.cpp could not serve {options.model}; its log says why") from error
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    sys.stdout.write(f"listening on {server.listening_address}\n")
    sys.stdout.flush()
    # A wait without a timeout is not interrupted by signals on every platform.
    while not stopped.wait(0.5):
        pass
    # llama.cpp's destructor waits up to 30 s (its SSE ping interval) for a running stream, and nothing needs saving.
    os._exit(0)


def llamacpp_parameters(options: Options) -> xllamacpp.CommonParams:
    """The options in llama.cpp's own words. Raises CannotServe when the named API key is not in the environment."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(options.model)
    if options.alias is not None:
        parameters.model_alias = {options.alias}
    parameters.hostnames = [options.host]
    parameters.port = options.port
    parameters.n_ctx = options.context_size
    parameters.n_parallel = options.parallel
    parameters.cpuparams.n_threads = options.threads
    parameters.endpoint_metrics = True
    parameters.endpoint_slots = True
    parameters.endpoint_props = True
    parameters.use_jinja = True
    parameters.ui = False
    # llama.cpp's default lets any web page in the user's browser call the server.
    parameters.cors_origins = ""
    parameters.embedding = options.embeddings
    if options.embeddings:
        # A text to embed must fit into one physical batch; llama.cpp's own default is 512 tokens.
        parameters.n_ubatch = parameters.n_batch
    if options.pooling is not None:
        parameters.pooling_type = POOLING[options.pooling]
    if options.api_key_env is not None:
        key = os.environ.get(options.api_key_env, "")
        if not key:
            raise CannotServe(f"the environment variable {options.api_key_env} (--api-key-env) is not set")
        parameters.api_keys = [key]
    return parameters


def require_gguf(path: Path) -> None:
    """Raises CannotServe unless `path` is a readable file that starts as every GGUF does."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(GGUF_MAGIC))
    except OSError as error:
        raise CannotServe(f"cannot read the model {path}: {error.strerror}") from error
    if magic != GGUF_MAGIC:
        raise CannotServe(f"{path} is not a GGUF file (it starts with {magic!r})")


def require_free_port(host: str, port: int) -> None:
    """Raises CannotServe when nothing can listen on `host:port`; llama.cpp itself would say so only in its log."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        raise CannotServe(f"cannot listen on {host}:{port}: {error.strerror}") from error


def main() -> int:
    """Runs the server from the command line; returns the exit status."""
    options = parse_options()
    try:
        serve(options)
    except CannotServe as error:
        # A thread of llama.cpp may be in the middle of a line of its log.
        own_line = "\n" if isinstance(error.__cause__, RuntimeError) else ""
        sys.stderr.write(f"{own_line}error: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
