"""Times the redaction of a file beside har-capture, both by their commands: `make bench`, or

    python benchmarks/redaction.py [--rounds 3] [--size 100] [--profile mixed]

The two take turns over the same file, with all that they mask switched on, and the table shows medians. Seconds are
those of the whole command; memory is the peak of its largest process, the interpreter and its imports included.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from generate import write

HERE: Final = Path(__file__).resolve().parent
BIN: Final = Path(sys.executable).parent
CONTENDER: Final = "har-capture[cli]==0.15.1"
THEIRS: Final = BIN.parent / "contender" / "bin" / "har-capture"
COMMANDS: Final = {
    "harinspect": (str(BIN / "harinspect"), "redact", "{source}", "-o", "{output}"),
    "har-capture": (str(THEIRS), "sanitize", "{source}", "-p", "base", "-o", "{output}"),
}


@dataclass(slots=True)
class Measured:
    """Seconds, seconds of processors, and peak bytes of every run of one command."""

    seconds: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    peak: list[int] = field(default_factory=list)


def run_once(command: tuple[str, ...], source: Path, output: Path, measured: Measured) -> None:
    """Raises RuntimeError where it fails."""
    begun = time.perf_counter()
    words = [word.format(source=source, output=output) for word in command]
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not output.stat().st_size:
        raise RuntimeError(f"{words[0]} ended with {process.returncode}")
    measured.seconds.append(time.perf_counter() - begun)
    measured.busy.append(usage.ru_utime + usage.ru_stime)
    measured.peak.append(usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
    output.unlink()


def show(results: dict[str, Measured], size: int) -> None:
    """One table: seconds, processor seconds, how many times ours, peak memory, the multiple of the file's size."""
    ours = statistics.median(results["harinspect"].seconds)
    print(f"  {'':12}{'seconds':>9}{'busy':>9}{'x ours':>9}{'peak MB':>9}{'x file':>8}")
    for name, found in results.items():
        seconds, busy, peak = map(statistics.median, (found.seconds, found.busy, found.peak))
        print(f"  {name:12}{seconds:9.2f}{busy:9.2f}{seconds / ours:9.1f}{peak / 1e6:9.1f}{peak / size:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Times redaction beside har-capture.")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each (default: 3)")
    parser.add_argument("--size", type=float, default=100, help="megabytes of the file (default: 100)")
    parser.add_argument("--profile", default="mixed", help="mixed has bodies, lean has none")
    chosen = parser.parse_args()
    commands = {name: command for name, command in COMMANDS.items() if Path(command[0]).exists()}
    with tempfile.TemporaryDirectory(prefix="harinspect-bench-") as folder:
        source, output = Path(folder) / "source.har", Path(folder) / "redacted.har"
        entries = write(source, chosen.size, chosen.profile)
        beside = f" beside {CONTENDER}" if len(commands) > 1 else ""
        print(f"\nredaction{beside}, {chosen.profile}, {chosen.size:g} MB, {entries:,} entries", flush=True)
        results = {name: Measured() for name in commands}
        for _ in range(chosen.rounds):
            for name, command in commands.items():
                run_once(command, source, output, results[name])
        show(results, source.stat().st_size)


if __name__ == "__main__":
    main()
