"""Contract suites: an adapter of a port, ours or a third party's, passes them or is wrong."""

import pytest

pytest.register_assert_rewrite("pst_core.testing.contracts.store")
