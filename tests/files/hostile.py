"""The run of T13: 1,000 hostile and 200 honest files, with its figures.

``python -m tests.files.hostile [variants [honest]]``; 25 variants of each kind are more than 1,000.
"""

import collections
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import attrs

from pst_adapters.files import FileReader
from pst_core.documents.checks import check_upload
from pst_core.documents.facts import errors

from .corpus import HOSTILE, honest


@attrs.define
class Figures:
    hostile: int = 0
    passed: list = attrs.field(factory=list)
    wrong_reason: list = attrs.field(factory=list)
    honest: int = 0
    refused: list = attrs.field(factory=list)
    cpu: collections.Counter = attrs.field(factory=collections.Counter)
    peak: float = 0.0
    wall: float = 0.0
    honest_cpu: float = 0.0
    honest_peak: float = 0.0
    reasons: dict = attrs.field(factory=lambda: collections.defaultdict(collections.Counter))
    left_behind: list = attrs.field(factory=list)
    seconds: float = 0.0


def run(variants, honest_files):
    """Read ``variants`` of each hostile kind and so many honest files with one reader."""
    figures = Figures()
    began = time.monotonic()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, FileReader(seconds=2, megabytes=256) as reader:
        os.chdir(folder)
        try:
            for kind, (make, wanted) in HOSTILE.items():
                for n in range(variants):
                    data = make(random.Random(f"{kind} {n}"))
                    _hostile(figures, reader, f"{kind}/{n}", data, wanted)
            for name, data in honest(honest_files):
                _honest(figures, reader, name, data)
            figures.left_behind = sorted(map(str, Path(folder).rglob("*")))
        finally:
            os.chdir(here)
    figures.seconds = time.monotonic() - began
    return figures


def _hostile(figures, reader, label, data, wanted):
    facts, usage = reader.measure(data, "surat.pdf")
    found = {f.code for f in errors(check_upload(facts, "letter"))}
    kind = label.partition("/")[0]
    figures.hostile += 1
    figures.reasons[kind].update(found or {"-"})
    if not found:
        figures.passed.append(label)
    elif not found & wanted:
        figures.wrong_reason.append((label, sorted(found)))
    figures.cpu[kind] = max(figures.cpu[kind], usage.cpu_seconds)
    figures.peak = max(figures.peak, usage.peak_megabytes)
    figures.wall = max(figures.wall, usage.wall_seconds)


def _honest(figures, reader, name, data):
    facts, usage = reader.measure(data, name)
    figures.honest += 1
    if found := [f.code for f in check_upload(facts, "letter")]:
        figures.refused.append((name, found))
    figures.honest_cpu = max(figures.honest_cpu, usage.cpu_seconds)
    figures.honest_peak = max(figures.honest_peak, usage.peak_megabytes)


def main():
    given = [int(word) for word in sys.argv[1:]] + [25, 200][len(sys.argv) - 1 :]
    figures = run(*given)
    for kind, reasons in figures.reasons.items():
        said = ", ".join(f"{code} {count}" for code, count in sorted(reasons.items()))
        print(f"{kind:22} {figures.cpu[kind]:5.2f} s  {said}")
    stopped = figures.hostile - len(figures.passed)
    print(f"hostile: {stopped} of {figures.hostile} stopped, {len(HOSTILE)} kinds")
    print(f"honest:  {len(figures.refused)} of {figures.honest} refused {figures.refused[:5]}")
    print(f"passed: {figures.passed[:9]}  wrong reason: {figures.wrong_reason[:9]}")
    print(
        f"most for one hostile file: {max(figures.cpu.values()):.2f} s of processor, "
        f"{figures.wall:.2f} s by the clock, {figures.peak:.0f} MiB; "
        f"honest {figures.honest_cpu:.2f} s, {figures.honest_peak:.0f} MiB"
    )
    print(f"files left behind: {len(figures.left_behind)}; the run took {figures.seconds:.0f} s")
    return 1 if figures.passed or figures.wrong_reason or figures.refused else 0


if __name__ == "__main__":
    sys.exit(main())
