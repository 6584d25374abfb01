"""Logs stay within their size, keep as many files as asked, and lose nothing in between."""

import logging
from pathlib import Path

from generator.topology import Logs
from portico.logs import RotatingLog, last_lines, log_to


def _unchanged(line: bytes) -> bytes:
    return line


def test_rotation_by_size_keeps_the_newest(tmp_path: Path) -> None:
    """No file exceeds the size, `keep` old files stay, and the lines in them are the last ones in order."""
    log = RotatingLog(tmp_path / "x.log", max_bytes=100, keep=3, redact=_unchanged)
    for number in range(100):
        log.write(b"line %03d\n" % number)
    log.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["x.log", "x.log.1", "x.log.2", "x.log.3"]
    assert all(path.stat().st_size <= 100 for path in tmp_path.iterdir())
    text = "".join((tmp_path / name).read_text(encoding="utf-8") for name in reversed(names))
    numbers = [int(line.split()[1]) for line in text.splitlines()]
    assert numbers == list(range(numbers[0], 100))


def test_a_line_larger_than_the_file_is_kept_whole(tmp_path: Path) -> None:
    """The size bounds files, not lines."""
    log = RotatingLog(tmp_path / "x.log", max_bytes=10, keep=1, redact=_unchanged)
    log.write(b"short\n")
    log.write(b"a line of more than ten bytes\n")
    log.close()
    assert (tmp_path / "x.log").read_bytes() == b"a line of more than ten bytes\n"
    assert (tmp_path / "x.log.1").read_bytes() == b"short\n"


def test_an_existing_log_goes_on(tmp_path: Path) -> None:
    """A restart appends, counting what is there."""
    (tmp_path / "x.log").write_bytes(b"before\n")
    log = RotatingLog(tmp_path / "x.log", max_bytes=12, keep=1, redact=_unchanged)
    log.write(b"after\n")
    log.close()
    assert (tmp_path / "x.log.1").read_bytes() == b"before\n"


def test_lines_are_redacted(tmp_path: Path) -> None:
    """What is written is what the redactor returns; others cannot read it."""
    log = RotatingLog(
        tmp_path / "x.log", max_bytes=1000, keep=1, redact=lambda line: line.replace(b"key", b"***")
    )
    log.write(b"the key\n")
    log.close()
    assert (tmp_path / "x.log").read_bytes() == b"the ***\n"
    assert (tmp_path / "x.log").stat().st_mode & 0o777 == 0o600


def test_lost_lines_are_counted(tmp_path: Path) -> None:
    """A log that cannot be rotated drops lines, and says how many as soon as it can write again."""
    folder = tmp_path / "x.log.1"
    folder.mkdir()
    log = RotatingLog(tmp_path / "x.log", max_bytes=12, keep=1, redact=_unchanged)
    for line in (b"12345678\n", b"lost\n", b"lost\n"):
        log.write(line)
    folder.rmdir()
    log.write(b"written\n")
    log.close()
    assert (
        tmp_path / "x.log"
    ).read_bytes() == b"[2 lines were lost: the log could not be written]\nwritten\n"


def test_own_records_rotate_with_the_configured_level(tmp_path: Path) -> None:
    """Level, size, number of files and masking hold for the daemon's own log, tracebacks included."""
    path = tmp_path / "daemon.log"
    handler = log_to(path, Logs("warning", 300, 2), lambda line: line.replace(b"secret", b"***"))
    logger = logging.getLogger("portico.test")
    logger.info("not written")
    for number in range(20):
        logger.warning("number %d", number)
    try:
        raise ValueError("secret")
    except ValueError:
        logger.exception("failed")
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["daemon.log", "daemon.log.1", "daemon.log.2"]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert "not written" not in text
    assert "ValueError: ***" in text
    assert "secret" not in text


def test_the_end_of_a_log(tmp_path: Path) -> None:
    """The last lines of a long file, and nothing of one that does not exist."""
    path = tmp_path / "x.log"
    path.write_text("".join(f"{number}\n" for number in range(50_000)), encoding="utf-8")
    assert last_lines(path, 2) == ["49998", "49999"]
    assert last_lines(tmp_path / "absent", 2) == []
