"""Times reading and analysing a recording beside other parsers: `make bench`, or

    python benchmarks/run.py [--rounds 5] [--sizes 1,20,100] [--profiles mixed,lean] [--only reading,orjson]

Every measurement is a fresh process, the contenders take turns, and the table shows medians, so that what else runs on
the machine falls on all of them alike. Time includes the start of the process. Memory is the peak of resident memory
above what it was after the imports.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from generate import write

HERE: Final = Path(__file__).resolve().parent
REFERENCE: Final = "orjson"
SLOW: Final = frozenset({"haralyzer", "json"})
SLOW_ROUNDS: Final = 2
CHILD: Final = """
import sys
{imports}
def peak():  # of this program alone: ru_maxrss would begin with what the parent had
    with open('/proc/self/status') as status:
        return next(int(line.split()[1]) for line in status if line.startswith('VmHWM'))
path = sys.argv[1]
before = peak()
result = {work}
print(peak() - before)
"""
CONTENDERS: Final = {
    "reading": ("import harinspect.har", "harinspect.har.load(path)"),
    "analysis": ("from pathlib import Path\nimport harinspect.pipeline", "harinspect.pipeline.analyse(Path(path))"),
    "orjson": ("import orjson", "orjson.loads(open(path, 'rb').read())"),
    "json": ("import json", "json.load(open(path, encoding='utf-8'))"),
    "haralyzer": ("import json, haralyzer", "haralyzer.HarParser(json.load(open(path, encoding='utf-8'))).pages"),
}


@dataclass(slots=True)
class Measured:
    """Seconds and peak kilobytes of every run of one contender."""

    seconds: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)

    @property
    def time(self) -> float:
        return statistics.median(self.seconds)

    @property
    def memory(self) -> float:
        return statistics.median(self.kilobytes) * 1024


def run_once(name: str, path: Path) -> tuple[float, int]:
    """Seconds and peak kilobytes of one fresh process; raises CalledProcessError where it fails."""
    imports, work = CONTENDERS[name]
    command = [sys.executable, "-c", CHILD.format(imports=imports, work=work), str(path)]
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, check=True, text=True)
    return time.perf_counter() - begun, int(done.stdout.split()[-1])


def measure(names: Sequence[str], path: Path, rounds: int) -> dict[str, Measured]:
    """Let the contenders take turns over one file."""
    results: dict[str, Measured] = {}
    for number in range(rounds):
        for name in names:
            if name in SLOW and number >= SLOW_ROUNDS:
                continue
            try:
                seconds, kilobytes = run_once(name, path)
            except subprocess.CalledProcessError as error:
                print(f"  {name} failed: {error.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            result = results.setdefault(name, Measured())
            result.seconds.append(seconds)
            result.kilobytes.append(kilobytes)
    return results


def show(results: dict[str, Measured], size: int) -> None:
    """One table: seconds, the multiple of orjson's, peak memory, the multiple of the file's size."""
    reference = results[REFERENCE].time if REFERENCE in results else float("nan")
    print(f"  {'':12}{'seconds':>9}{'x orjson':>10}{'peak MB':>9}{'x file':>8}")
    for name, result in results.items():
        ratios = f"{result.time / reference:10.2f}{result.memory / 1e6:9.1f}{result.memory / size:8.2f}"
        print(f"  {name:12}{result.time:9.3f}{ratios}")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times reading and analysing beside other parsers.")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each contender (default: 5)")
    parser.add_argument("--sizes", default="1,20,100", help="megabytes of the files (default: 1,20,100)")
    parser.add_argument("--profiles", default="mixed,lean", help="mixed has bodies, lean has none")
    parser.add_argument("--only", default=",".join(CONTENDERS), help="contenders, separated by commas")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    names = [name for name in CONTENDERS if name in chosen.only.split(",")]
    with tempfile.TemporaryDirectory(prefix="harinspect-bench-") as folder:
        for profile in chosen.profiles.split(","):
            for megabytes in map(float, chosen.sizes.split(",")):
                path = Path(folder) / f"{profile}.har"
                entries = write(path, megabytes, profile)
                print(f"\n{profile}, {megabytes:g} MB, {entries:,} entries", flush=True)
                show(measure(names, path, chosen.rounds), path.stat().st_size)
                path.unlink()


if __name__ == "__main__":
    main()
