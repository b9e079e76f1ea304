"""Settings shared by all tests."""

import os

from hypothesis import HealthCheck, settings

# how long a draw takes says something of the machine, nothing of the code
settings.register_profile(
    "dev", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", settings.get_profile("dev"), max_examples=120, derandomize=True, print_blob=True
)
settings.register_profile("soak", settings.get_profile("dev"), max_examples=5_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))
