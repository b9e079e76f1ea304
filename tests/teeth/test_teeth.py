"""Every planted bug is found: the simulator bites."""

import pytest
from tests.teeth.plants import PLANTS, SEEDS, found_by, planted

AT_ONCE = (
    "acknowledged before commit",
    "command id not unique",
    "mark sent before sending",
    "holiday layer ignored",
    "wrong recipient",
    "retry without bound",
)
"""Found by the very first worlds; the others need more of them."""


@pytest.mark.slow
@pytest.mark.parametrize("name", AT_ONCE)
def test_a_planted_bug_is_found_by_the_first_worlds(name):
    found = found_by(planted(name), seeds=5)
    assert found is not None, f"{name} was not found"


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_every_planted_bug_is_found_within_two_hundred_worlds(plant):
    assert found_by(plant, SEEDS) is not None, f"{plant.name}: {plant.what}"


def test_there_are_bugs_enough():
    assert len({plant.name for plant in PLANTS}) >= 25
