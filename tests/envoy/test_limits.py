"""Sizes, times and malformed requests."""

import json
import socket

import httpx
import pytest

from tests.envoy.conftest import Lab
from tests.envoy.recording import Reply
from tests.envoy.test_surface import error

MIB = 1024 * 1024


def sized(model: str, size: int) -> bytes:
    """A body of exactly so many bytes."""
    frame = json.dumps({"messages": [{"content": ""}], "model": model}).encode()
    return frame.replace(b'""', b'"' + b"x" * (size - len(frame)) + b'"')


def test_bodies_of_64_mib_arrive_after_a_retry(lab: Lab) -> None:
    """Renamed for the first engine, and again for the second."""
    body = sized("chain", 64 * MIB)
    lab.engines["a"].behave = lambda _: Reply(500)
    answer = lab.client.post("/v1/chat/completions", content=body)
    assert (answer.status_code, answer.headers["x-portico-provider"]) == (200, "b")
    assert lab.engines["a"].bodies[0] == body.replace(b'"chain"', b'"llama3.1:8b"')
    assert lab.engines["b"].bodies[0] == body.replace(b'"chain"', b'"llama-b"')


def test_larger_bodies_are_413(lab: Lab) -> None:
    """With and without a length in advance."""
    body = sized("second", 64 * MIB + 1)
    for content in (body, iter([body])):
        answer = lab.client.post("/v1/chat/completions", content=content)
        assert answer.status_code == 413
        assert error(answer)["code"] == "request_too_large"
    assert lab.engines["a"].requests == []


def test_headers_that_are_too_large_are_431(lab: Lab) -> None:
    """In OpenAI's shape."""
    answer = lab.client.get("/health", headers={"x-long": "x" * 70_000})
    assert answer.status_code == 431
    assert error(answer)["code"] == "request_headers_too_large"


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/9.9\r\nhost: x\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n",
        b"POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_in_shape(lab: Lab, request_text: bytes) -> None:
    """400, or 426 for an old version, with a JSON body where Envoy sends one."""
    with socket.create_connection(("127.0.0.1", lab.gateway.port), 5) as connection:
        connection.sendall(request_text)
        connection.settimeout(5)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 4")
    assert body == b"" or json.loads(body)["error"]["type"] == "invalid_request_error"


def test_headers_with_underscores_are_dropped(lab: Lab) -> None:
    """They could pass for another header behind the gateway."""
    lab.client.post("/v1/chat/completions", json={"model": "second"}, headers={"x_api_key": "k", "x-ok": "1"})
    names = {name for name, _ in lab.engines["a"].requests[0].headers}
    assert "x-ok" in names
    assert "x_api_key" not in names


def test_an_answer_that_takes_too_long_is_504(lab: Lab) -> None:
    """After the time for the whole request, three seconds here, and no sooner."""
    lab.engines["a"].behave = lambda _: Reply(delay=2.5)
    assert lab.ask("second").status_code == 200
    lab.engines["a"].behave = lambda _: Reply(delay=30)
    answer = lab.ask("second")
    assert answer.status_code == 504
    assert error(answer)["code"] == "timeout"
    assert error(answer)["message"] == "no provider of model 'second' answered in time (tried a)"


def test_cleartext_http_2_is_spoken(lab: Lab) -> None:
    """By prior knowledge: the connection preface gets a settings frame."""
    with socket.create_connection(("127.0.0.1", lab.gateway.port), 5) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        connection.settimeout(5)
        frame = connection.recv(9)
    assert frame[3] == 4


def test_http_1_0_gets_an_answer(lab: Lab) -> None:
    """Old health checkers get to know that a newer version is needed."""
    with socket.create_connection(("127.0.0.1", lab.gateway.port), 5) as connection:
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        connection.settimeout(5)
        assert connection.recv(65536).startswith(b"HTTP/1.1 426")


def test_a_client_that_leaves_frees_the_engine(lab: Lab) -> None:
    """The engine's connection is closed when the client's is."""
    lab.engines["a"].behave = lambda _: Reply(chunks=[b"data: x\n\n"] * 50, pause=0.05)
    with lab.client.stream(
        "POST", "/v1/chat/completions", json={"model": "second", "stream": True}
    ) as answer:
        next(answer.iter_raw())
    lab.gateway.wait_for("cluster.direct_a.upstream_rq_active: 0")
    with pytest.raises(httpx.StreamConsumed):
        next(answer.iter_raw())
