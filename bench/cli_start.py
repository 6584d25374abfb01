"""How long the command line takes to start. Goal: under 0.2 s, measured beside a bare interpreter in the same run."""

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PORTICO = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "portico"
COMMANDS: dict[str, list[str]] = {
    "python -c pass": [sys.executable, "-I", "-c", "pass"],
    "portico --version": [str(PORTICO), "--version"],
    "portico --help": [str(PORTICO), "--help"],
    "portico explain --help": [str(PORTICO), "explain", "--help"],
}


def measure(repeats: int) -> dict[str, Any]:
    """Median seconds of each command, taken in turns, and the ratio to the bare interpreter."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(max(5, repeats * 4)):
        for name, command in COMMANDS.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times[name].append(time.perf_counter() - started)
    seconds = {name: round(statistics.median(values), 3) for name, values in times.items()}
    bare = seconds["python -c pass"]
    slowest = max(value for name, value in seconds.items() if name != "python -c pass")
    return {
        "seconds": seconds,
        "ratios": {"slowest_of_200ms": slowest / 0.2, "slowest_of_bare_python": slowest / bare},
    }
