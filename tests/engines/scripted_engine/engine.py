"""Which answer a request gets: control paths, then the script in force, then the ordinary answer of its path."""

import asyncio
import base64
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs

from tests.engines.scripted_engine import answers, event_answers
from tests.engines.scripted_engine.protocol import ClientGone, Connection, Received
from tests.engines.scripted_engine.script import BadScript, Script, Scripts

SCRIPT_HEADER = b"x-script"
KEPT_REQUESTS = 1000
KEPT_BYTES = 256 * 2**20
SSE = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}

PLAIN: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "/v1/chat/completions": answers.chat,
    "/v1/completions": answers.completion,
    "/v1/embeddings": answers.embeddings,
    "/v1/rerank": answers.rerank,
    "/v1/responses": event_answers.responses,
    "/v1/messages": event_answers.messages,
}
STREAMED: dict[str, Callable[[dict[str, Any]], Iterator[bytes]]] = {
    "/v1/chat/completions": answers.chat_stream,
    "/v1/completions": answers.completion_stream,
    "/v1/responses": event_answers.responses_stream,
    "/v1/messages": event_answers.messages_stream,
}


class ScriptedEngine:
    """The engine's state. `models` is what `/v1/models` lists; every name is answered."""

    def __init__(self, models: Sequence[str]) -> None:
        self.models = tuple(models)
        self.scripts = Scripts()
        self.received: deque[Received] = deque(maxlen=KEPT_REQUESTS)
        self.requests: Counter[str] = Counter()
        self.generated_tokens = 0
        self.running = 0
        self.most_running = 0

    async def answer(self, request: Received, connection: Connection) -> None:
        """Answers one request."""
        if self._control(request, connection):
            return
        self._remember(request)
        self.requests[request.path] += 1
        try:
            body = json.loads(request.body) if request.body else {}
        except ValueError as error:
            connection.send(400, {}, error_body(f"not JSON: {error}", "invalid_request_error"))
            return
        body = body if isinstance(body, dict) else {}
        try:
            script = self._script_for(request, body)
        except BadScript as error:
            connection.send(400, {}, error_body(str(error), "bad_script"))
            return
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await self._act(request, body, script, connection)
        finally:
            self.running -= 1

    def _script_for(self, request: Received, body: dict[str, Any]) -> Script:
        header = request.header(SCRIPT_HEADER)
        if header is None:
            return self.scripts.take(request.path, body.get("model"))
        try:
            return Script.from_json(json.loads(header))
        except ValueError as error:
            raise BadScript(f"x-script: {error}") from error

    async def _act(
        self, request: Received, body: dict[str, Any], script: Script, connection: Connection
    ) -> None:
        await asyncio.sleep(script.delay)
        status = script.status or 200
        stream = self._stream_for(request.path, body, script)
        if stream is not None:
            await self._stream(stream, script, connection)
        elif script.cut_after is not None:
            connection.reset()
        elif script.body is not None:
            raw = script.body if isinstance(script.body, str) else json.dumps(script.body)
            connection.send(status, script.headers, raw.encode())
        elif status >= 400:
            connection.send(status, script.headers, error_body(f"scripted {status}", "scripted_error"))
        else:
            found, headers, raw_answer = self._ordinary(request, body)
            connection.send(
                found if script.status is None else status, {**headers, **script.headers}, raw_answer
            )

    def _stream_for(self, path: str, body: dict[str, Any], script: Script) -> Iterator[bytes] | None:
        """The chunks to stream, or None when the answer is not a stream."""
        if script.chunks is not None:
            return (chunk.encode() for chunk in script.chunks)
        if (
            script.body is not None
            or (script.status or 200) >= 400
            or not body.get("stream")
            or path not in STREAMED
        ):
            return None
        return STREAMED[path](body)

    async def _stream(self, chunks: Iterator[bytes], script: Script, connection: Connection) -> None:
        connection.start_stream(script.status or 200, {**SSE, **script.headers})
        try:
            for number, chunk in enumerate(chunks):
                if number == script.cut_after:
                    # Without a pause the reset overtakes what the kernel has not sent yet.
                    await asyncio.sleep(0.05)
                    connection.reset()
                    return
                wait = script.chunk_delay if number else script.first_chunk_delay
                if wait:
                    await asyncio.sleep(wait)
                await connection.send_chunk(chunk)
                self.generated_tokens += 1
        except ClientGone:
            return
        connection.end_stream()

    def _ordinary(self, request: Received, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer without a script."""
        if request.method == "POST" and request.path in PLAIN:
            answer = PLAIN[request.path](body)
            counted = answer["usage"]
            self.generated_tokens += counted.get("completion_tokens", counted.get("output_tokens", 0))
            return 200, {}, json.dumps(answer).encode()
        if request.method in ("GET", "HEAD"):
            match request.path:
                case "/health":
                    return 200, {}, b""
                case "/metrics":
                    return 200, {"content-type": "text/plain; version=0.0.4"}, self._metrics()
                case "/v1/models":
                    return (
                        200,
                        {},
                        json.dumps(
                            {"object": "list", "data": [model(name) for name in self.models]}
                        ).encode(),
                    )
        return 404, {}, error_body(f"{request.method} {request.path} is not known", "not_found_error")

    def _metrics(self) -> bytes:
        """Prometheus text under vLLM's names, so that what reads vLLM reads this."""
        # The request for the metrics is running too.
        return (
            f"# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running {self.running - 1}\n"
            f"# TYPE vllm:num_requests_waiting gauge\nvllm:num_requests_waiting 0\n"
            f"# TYPE vllm:generation_tokens_total counter\nvllm:generation_tokens_total {self.generated_tokens}\n"
        ).encode()

    def _remember(self, request: Received) -> None:
        self.received.append(request)
        while len(self.received) > 1 and sum(len(kept.body) for kept in self.received) > KEPT_BYTES:
            self.received.popleft()

    def _control(self, request: Received, connection: Connection) -> bool:
        """Answers a request of the test itself; False when it is none. These are neither remembered nor counted."""
        match request.method, request.path:
            case "POST", "/script":
                try:
                    self.scripts.replace(bytes(request.body))
                except BadScript as error:
                    connection.send(400, {}, error_body(str(error), "bad_script"))
                    return True
                connection.send(204, {}, b"")
            case "DELETE", "/script":
                self.scripts.clear()
                connection.send(204, {}, b"")
            case "GET", "/received":
                connection.send(200, {}, self._received(request))
            case "DELETE", "/received":
                self.received.clear()
                self.requests.clear()
                self.generated_tokens = 0
                self.most_running = self.running
                connection.send(204, {}, b"")
            case "GET", "/counters":
                connection.send(200, {}, self._counters())
            case _:
                return False
        return True

    def _received(self, request: Received) -> bytes:
        """The remembered requests, oldest first; `?path=` keeps one path, `?last=N` the newest N."""
        query = parse_qs(request.target.partition(b"?")[2].decode("latin-1"))
        kept = [entry for entry in self.received if query.get("path", [entry.path]) == [entry.path]]
        last = int(query.get("last", [len(kept)])[0])
        return json.dumps({"requests": [shown(entry) for entry in kept[len(kept) - last :]]}).encode()

    def _counters(self) -> bytes:
        return json.dumps(
            {
                "requests": self.requests,
                "generated_tokens": self.generated_tokens,
                "running": self.running,
                "most_running": self.most_running,
            }
        ).encode()


def shown(request: Received) -> dict[str, Any]:
    """A remembered request as JSON; the body in base64."""
    path, _, query = request.target.partition(b"?")
    return {
        "method": request.method,
        "path": path.decode("latin-1"),
        "query": query.decode("latin-1"),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers],
        "body": base64.b64encode(request.body).decode(),
        "outcome": request.outcome,
    }


def model(name: str) -> dict[str, Any]:
    """An entry of `/v1/models`."""
    return {"id": name, "object": "model", "created": answers.CREATED, "owned_by": "scripted"}


def error_body(message: str, kind: str) -> bytes:
    """An error in OpenAI's shape."""
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": None}}).encode()
