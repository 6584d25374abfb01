"""The loaded models: one llama.cpp process each, started on demand, stopped when their time is over."""

import asyncio
import contextlib
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx

from tests.engines.ollama_double.store import StoredModel, keep_alive_seconds

CONTEXT_LENGTH = 2048
LISTENING = re.compile(rb"^listening on (\S+)$")
TOKEN_METRIC = re.compile(r"^llamacpp:(tokens_predicted_total|prompt_tokens_total) (\d+)", re.MULTILINE)


class LoadFailed(Exception):
    """llama.cpp could not load the model; the message is its own."""


@dataclass
class Runner:
    """A loaded model. `keep_alive` is in seconds, `expires_at` in Unix time (infinite: never), `busy` counts requests."""

    model: StoredModel
    process: asyncio.subprocess.Process
    url: str
    keep_alive: float
    expires_at: float
    busy: int = 0


class Runners:
    """Every loaded model by full name, and what loading and generating has cost so far."""

    def __init__(self) -> None:
        self.loaded: dict[str, Runner] = {}
        self.loads: Counter[str] = Counter()
        # A cold model may take minutes to answer.
        self.client = httpx.AsyncClient(timeout=None, trust_env=False)
        self._retired_tokens: Counter[str] = Counter()
        self._locks: dict[str, asyncio.Lock] = {}

    async def load(self, model: StoredModel, keep_alive: object) -> tuple[Runner, int]:
        """The model's runner, started if need be, and the nanoseconds this took. Raises LoadFailed, BadDuration."""
        began = time.monotonic_ns()
        seconds = keep_alive_seconds(keep_alive)
        async with self._locks.setdefault(model.name, asyncio.Lock()):
            runner = self.loaded.get(model.name)
            if runner is None or runner.process.returncode is not None:
                process, url = await start_llamacpp(model)
                self.loads[model.name] += 1
                runner = self.loaded[model.name] = Runner(model, process, url, seconds, 0.0)
        runner.keep_alive = seconds
        runner.expires_at = time.time() + max(seconds, 1.0)
        return runner, time.monotonic_ns() - began

    @contextlib.asynccontextmanager
    async def in_use(self, runner: Runner) -> AsyncIterator[None]:
        """Keeps the runner while a request uses it; its time starts again afterwards."""
        runner.busy += 1
        try:
            yield
        finally:
            runner.busy -= 1
            runner.expires_at = time.time() + runner.keep_alive

    async def unload(self, name: str) -> None:
        """Stops the model's process; a model that is not loaded is fine."""
        runner = self.loaded.pop(name, None)
        if runner is None:
            return
        self._retired_tokens.update(await self._tokens_of(runner))
        with contextlib.suppress(ProcessLookupError):
            runner.process.terminate()
        await runner.process.wait()

    async def unload_expired(self) -> None:
        """Unloads whatever is idle and past its time, for as long as the program runs."""
        while True:
            await asyncio.sleep(0.05)
            for name, runner in list(self.loaded.items()):
                if not runner.busy and time.time() >= runner.expires_at:
                    await self.unload(name)

    async def tokens(self) -> Counter[str]:
        """`tokens_predicted_total` and `prompt_tokens_total` of all runners that ever were, as llama.cpp counted them."""
        total = self._retired_tokens.copy()
        for runner in list(self.loaded.values()):
            total.update(await self._tokens_of(runner))
        return total

    async def _tokens_of(self, runner: Runner) -> dict[str, int]:
        try:
            text = (await self.client.get(f"{runner.url}/metrics", timeout=5)).text
        except httpx.TransportError:
            return {}
        return {name: int(number) for name, number in TOKEN_METRIC.findall(text)}

    async def close(self) -> None:
        """Stops every runner."""
        for name in list(self.loaded):
            await self.unload(name)
        await self.client.aclose()


async def start_llamacpp(model: StoredModel) -> tuple[asyncio.subprocess.Process, str]:
    """Starts llama.cpp on a free port and returns its process and URL once the model is loaded. Raises LoadFailed.

    With embeddings switched on, because Ollama embeds with every model; chat works on such a server too.
    """
    command = [
        sys.executable,
        "-m",
        "portico.embedded.server",
        "--model",
        str(model.path),
        "--alias",
        model.name,
    ]
    command += [
        "--port",
        "0",
        "--ctx-size",
        str(CONTEXT_LENGTH),
        "--threads",
        "1",
        "--embeddings",
        "--pooling",
        "mean",
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    line = await process.stdout.readline()
    match = LISTENING.match(line)
    if match is None:
        status = await process.wait()
        raise LoadFailed(f"llama runner process has terminated: exit status {status}")
    return process, match.group(1).decode()
