"""The suite again and again, each time in another order: ``make again``.

``python tests/again.py --n 20 -m "not slow"``: more words go on to pytest. Prints a line for each
run and the tests that failed in any, with the file that holds what they said; ends with 1 if there
are some. A seed makes its order again: ``--randomly-seed``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run the suite as often as asked."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--n", type=int, default=20, help="how many runs")
    words.add_argument("--first", type=int, default=1, help="seed of the first; the next adds one")
    asked, passed_on = words.parse_known_args()
    failures: Counter[str] = Counter()
    without_result = 0
    for seed in range(asked.first, asked.first + asked.n):
        began = time.monotonic()
        pytest = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--randomly-seed={seed}"]
        done = subprocess.run(
            [*pytest, "-rfE", *passed_on], cwd=ROOT, capture_output=True, text=True, check=False
        )
        lines = done.stdout.splitlines()
        failed = {m[2] for line in lines if (m := re.match(r"(FAILED|ERROR) (.+?)(?: - |$)", line))}
        failures.update(failed)
        without_result += done.returncode != 0 and not failed
        last = lines[-1] if lines else done.stderr.strip()
        print(f"seed {seed}: {last.strip('= ')} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            log = Path(tempfile.gettempdir()) / f"pst-again-{seed}.log"
            log.write_text(done.stdout + done.stderr)
            print("\n".join([*(f"  {test}" for test in sorted(failed)), f"  {log}"]), flush=True)
    flaky = [test for test, times in failures.items() if times < asked.n]
    always = len(failures) - len(flaky)
    print(f"{asked.n} runs: {len(flaky)} flaky, {always} failed each time", end="")
    print(f", {without_result} ended without a result" if without_result else "")
    return int(bool(failures) or bool(without_result))


if __name__ == "__main__":
    sys.exit(main())
