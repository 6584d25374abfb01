"""`python -m tests.engines.scripted_engine [--model NAME ...] [--port N]`; prints `listening on http://127.0.0.1:PORT`."""

import argparse
import asyncio
import signal
import socket

import uvloop

from tests.engines.scripted_engine.engine import ScriptedEngine
from tests.engines.scripted_engine.protocol import Connection


async def serve(models: list[str], port: int) -> None:
    """Serves until SIGTERM or SIGINT."""
    engine = ScriptedEngine(models)
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Connection(engine.answer), sock=listener)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    await stopped.wait()


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="python -m tests.engines.scripted_engine")
    parser.add_argument("--model", action="append", default=[], help="a name that /v1/models lists")
    parser.add_argument("--port", type=int, default=0)
    args = parser.parse_args()
    uvloop.run(serve(args.model, args.port))


if __name__ == "__main__":
    main()
