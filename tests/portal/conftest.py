"""A portal and a browser for each file of tests; every page that is looked at must be right."""

from __future__ import annotations

import pytest
from tests.portal import browsing
from tests.portal.serving import served


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with served(tmp_path_factory.mktemp("portal")) as found:
        yield found


@pytest.fixture
def siti(portal):
    return portal.visit().enter(email="siti@example.org", name="Siti Rahmawati")


@pytest.fixture(scope="module")
def started():
    with browsing.browser() as found:
        yield found


@pytest.fixture(autouse=True)
def nothing_wrong_with_any_page():
    browsing.WRONG.clear()
    yield
    assert not browsing.WRONG, "\n".join(browsing.WRONG)
