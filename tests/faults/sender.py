"""Arrivals at a rate, whatever becomes of them: a byte each to standard output, 1 for a notice.

``sender.py RATE COUNT NOTICES SEED``. A process of its own: who sends takes nothing from who works.
"""

from __future__ import annotations

import os
import random
import sys
import time


def main(rate: str, count: str, notices: str, seed: str) -> None:
    dice, sent = random.Random(seed), 0
    began = time.perf_counter()
    while sent < int(count):
        due = min(int(count), 1 + int((time.perf_counter() - began) * float(rate)))
        os.write(1, bytes(dice.random() < float(notices) for _ in range(due - sent)))
        sent = due
        time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
