"""Log files that never grow past their size: the daemon's own, and what its processes write."""

import logging
import os
import time
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from generator.topology import Logs

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class RotatingLog:
    """A file that is renamed to `<name>.1`, `<name>.2`, ... when a line would make it too large; the oldest goes."""

    def __init__(self, path: Path, *, max_bytes: int, keep: int, redact: Callable[[bytes], bytes]) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._keep = keep
        self._redact = redact
        self._descriptor = self._open()
        self._size = os.fstat(self._descriptor).st_size
        self._lost = 0

    def write(self, line: bytes) -> None:
        """Add one line, with or without its end.

        A full disk must not stop the process that writes: its lines are left out, and their number is told afterwards.
        """
        written = self._redact(line.removesuffix(b"\n")) + b"\n"
        if self._lost:
            written = b"[%d lines were lost: the log could not be written]\n" % self._lost + written
        try:
            if self._size and self._size + len(written) > self._max_bytes:
                self._rotate()
            os.write(self._descriptor, written)
        except OSError:
            self._lost += 1
            return
        self._lost = 0
        self._size += len(written)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def _open(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _rotate(self) -> None:
        for number in range(self._keep - 1, 0, -1):
            older = self._numbered(number)
            if older.exists():
                older.replace(self._numbered(number + 1))
        self.path.replace(self._numbered(1))
        full, self._descriptor = self._descriptor, self._open()
        os.close(full)
        self._size = 0

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def log_to(path: Path, logs: Logs, redact: Callable[[bytes], bytes]) -> logging.Handler:
    """Send this program's own log records to a rotating file, with the configured level. The caller closes the handler."""
    handler = RotatingFileHandler(path, maxBytes=logs.max_bytes, backupCount=logs.keep, encoding="utf-8")
    path.chmod(0o600)
    handler.setFormatter(_Redacting(redact))
    for name, lowest in (
        ("portico", logging.DEBUG),
        ("uvicorn", logging.WARNING),
        ("asyncio", logging.WARNING),
    ):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(max(LEVELS[logs.level], lowest))
    return handler


def last_lines(path: Path, count: int) -> list[str]:
    """The end of a log; empty where it does not exist."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 65536))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []


class _Redacting(logging.Formatter):
    def __init__(self, redact: Callable[[bytes], bytes]) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record).encode()).decode()
