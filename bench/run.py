"""Measure Portico and print ratios; figures and machine go to bench/results/<time>.json.

make bench                               everything
make bench BENCH_FLAGS="--only start"    one part
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

# Appended, never put first: what is installed must win.
sys.path.append(str(Path(__file__).resolve().parent.parent))

from bench import cli_start, compile_scale, gateway_start, machine

PARTS = {"cli": cli_start.measure, "compile": compile_scale.measure, "start": gateway_start.measure}
RESULTS = Path(__file__).resolve().parent / "results"


def main() -> None:
    """Run the parts that were asked for, one after the other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only", choices=sorted(PARTS), action="append", help="measure this part only; may be repeated"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs per figure; the median counts (default 3)"
    )
    arguments = parser.parse_args()
    report: dict[str, Any] = {"machine": machine.describe(), "repeats": arguments.repeats}
    for name in arguments.only or PARTS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        report[name] = PARTS[name](arguments.repeats)
        for label, ratio in report[name]["ratios"].items():
            print(f"{name}.{label:40} {ratio:8.2f}")
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{time.strftime('%Y%m%dT%H%M%S')}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(path, file=sys.stderr)


if __name__ == "__main__":
    main()
