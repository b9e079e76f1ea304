"""Contract suites: an adapter of a port, ours or a third party's, passes them or is wrong."""

import pytest

for _name in (
    "_suite",
    "store",
    "blobs",
    "keys",
    "mailer",
    "payment",
    "renderer",
    "evidence",
    "scanner",
):
    pytest.register_assert_rewrite(f"pst_core.testing.contracts.{_name}")
