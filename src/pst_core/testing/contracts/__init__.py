"""Contract suites: an adapter of a port, ours or a third party's, passes them or is wrong."""

import pytest

for suite in ("store", "blobs", "mailer", "payment", "renderer"):
    pytest.register_assert_rewrite(f"pst_core.testing.contracts.{suite}")
