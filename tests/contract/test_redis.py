"""The Redis that the long tests run is a real server."""

import socket

import pytest

from tests.engines.processes import start_redis


@pytest.mark.full
def test_redis_answers() -> None:
    """It speaks RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/) on a port of its own."""
    with start_redis() as redis, socket.create_connection(("127.0.0.1", redis.port), timeout=5) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(64) == b"+PONG\r\n"
