"""T5 at length: ``python -m tests.ledger.soak [runs]`` prints how many steps, and what happened.

100,000 steps over at least 2,000 runs are asked for; a run has about 42, so 2,600 runs give them.
"""

import sys
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import STEPS, Money


def main(runs=2_600):
    """Run, print the figures, and return 1 if there were too few."""
    began = time.monotonic()
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=runs, stateful_step_count=50, deadline=None, database=None,
            phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    figures = ", ".join(f"{number:,} {name}" for name, number in STEPS.items())
    print(f"T5 ledger: {figures}, 0 faults, {time.monotonic() - began:.0f} s")
    enough = STEPS["runs"] >= 2_000 and STEPS["steps"] >= 100_000
    return 0 if enough or runs < 2_600 else 1


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
