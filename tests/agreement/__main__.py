"""python -m tests.agreement --cases 2000 --seed 1 [--family cors]: agreement with Chromium, and where there is none."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import time

from tests.agreement.engine import minimised, sorted_by_rarity, tally, told, told_wrong
from tests.agreement.families import FAMILIES
from tests.agreement.lab import Lab, lab

EXPLAINED = 20  # disagreements per family that are made small; each takes seconds


def main() -> int:
    """1 where the browser and we disagree."""
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, help="of each family")
    parser.add_argument("--seed", type=int, default=None, help="a number; a new one each time without")
    parser.add_argument("--family", choices=sorted(FAMILIES), action="append", help="only this one")
    parser.add_argument("--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"))
    options = parser.parse_args()
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"seed {seed}")
    with lab(options.chromium) as running:
        wrong = [run(name, running, options.cases, seed) for name in options.family or FAMILIES]
    return int(any(wrong))


def run(name: str, running: Lab, cases: int, seed: int) -> int:
    """Print one family's numbers and disagreements; their number."""
    family, began = FAMILIES[name], time.monotonic()
    found = tally(family, running, cases, seed)
    print(told(name, found))
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    shown: set[str] = set()
    for judged in sorted_by_rarity(found.disagreements)[:EXPLAINED]:
        text = told_wrong(minimised(family, running, judged))
        if text not in shown:
            print(text, flush=True)
        shown.add(text)
    if len(found.disagreements) > EXPLAINED:
        print(f"  ... and {len(found.disagreements) - EXPLAINED} more like these")
    return len(found.disagreements)


if __name__ == "__main__":
    sys.exit(main())
