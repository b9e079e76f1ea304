"""Before speed is compared: we and each peer give the same answer to the same question."""

import pytest
from benchmarks.race import Candidate, Disagreement, Race, Scale
from benchmarks.works import PEERS, WORKS, work

from pst_core.text import Text

# warnings are the peers' own
pytestmark = pytest.mark.filterwarnings("ignore")

DISTRIBUTIONS = {
    "statemachine": "python-statemachine", "openfisca_core": "openfisca-core", "fpdf": "fpdf2",
}  # fmt: skip
SLOW = ("conformance", "register", "append")


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in WORKS]
)
def test_all_that_are_here_agree(name):
    races = list(checked(name))
    assert races
    assert len({race.key for race in races}) == len(races)


def checked(name):
    """Give each race of a work on small sizes, its answers compared."""
    for race in work(name).races(Scale.TEST):
        race.check()
        yield race


@pytest.mark.parametrize(
    ("name", "module"),
    [
        pytest.param(name, module, marks=pytest.mark.slow) if name in SLOW else (name, module)
        for name, modules in PEERS.items()
        for module in modules
    ],
)
def test_a_peer_that_is_here_takes_part_and_is_compared(name, module):
    pytest.importorskip(module, reason=f"{module} is not here: extra 'bench' (pm4py: 'oracle')")
    package = DISTRIBUTIONS.get(module, module)
    compared = [
        candidate
        for race in work(name).races(Scale.TEST)
        if isinstance(race, Race)
        for candidate in race.candidates
        if candidate.package == package and candidate.compared
    ]
    assert compared, f"{package} is installed, but no race of {name} compares its answer"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["append", "request", "register"])
def test_on_postgresql_the_same_rows_are_written(name):
    from tests import postgres

    if postgres.find_binaries() is None:
        pytest.skip(postgres.MISSING)
    module = work(name)
    sizes = {"append": (Scale.TEST,), "request": (), "register": ((1000,),)}[name]
    races = 0
    for race in module.on_postgres(*sizes):
        race.check()
        races += 1
    assert races


def test_another_answer_is_not_timed():
    race = Race(
        "sum",
        Text("jumlah", "sum"),
        (Candidate("ours", lambda: 2 + 2), Candidate("theirs", lambda: 5)),
    )
    with pytest.raises(Disagreement, match="theirs answers 5, ours 4"):
        race.measure("sums", Scale.TEST)
