"""A command-line tool of an office: prices, requests, and what is to be done about each.

    python examples/embed/office_tool.py               a short show, in a temporary folder
    python examples/embed/office_tool.py price dalam-angka susenas
    python examples/embed/office_tool.py open "Siti" siti@example.org dalam-angka
    python examples/embed/office_tool.py list
    python examples/embed/office_tool.py show request-3317-2026-0001

``--folder`` is where ``pst.db`` and its key are (here, by default): back the key up apart.
"""

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path

import pst_core as pst
from pst_adapters.catalogue import read_catalogue
from pst_adapters.sql import SqlStore
from pst_adapters.vault import FileKeys, SealedStore
from pst_core import request as rq
from pst_core.workflow import Actor, Role

OFFICE = pst.Office.load("3317")
CATALOGUE = read_catalogue([Path(__file__).with_name("katalog.csv")])


def price(names: list[str]) -> None:
    """Print what products cost today, and how that is counted."""
    quote = OFFICE.quote([CATALOGUE.get(name).product() for name in names], on=today())
    for line in quote.lines:
        print(f"{pst.format_rupiah(line.amount):>12}  {line.product.title}: {line.why.id}")
    print(f"{pst.format_rupiah(quote.total):>12}  jumlah ({quote.certainty.text.id})")


def open_request(desk: pst.Desk, name: str, email: str, wanted: list[str]) -> str:
    """Open a request for a person at the counter, with terms read and products chosen."""
    person = Actor(email, Role.APPLICANT, name)
    basket = tuple(CATALOGUE.get(each).product() for each in wanted)
    stream = desk.open(rq.OpenRequest(rq.Applicant(email, name, email)), by=person).stream  # S6
    desk.do(stream, rq.AcceptTerms(), by=person)  # S7
    desk.do(stream, rq.ChooseProducts(basket), by=person)  # S8
    print(stream)
    return stream


def list_requests(desk: pst.Desk) -> None:
    """Print the register: whose turn it is, and by when."""
    for row in desk.register():
        due = f"{OFFICE.local(row.due):%Y-%m-%d}" if row.due else "-"
        print(f"{row.stream}  {row.phase:10}  {row.whose:10}  {due:10}  {row.title}")


def show(desk: pst.Desk, stream: str) -> None:
    """Print what has happened, what may be done now by whom, and what is missing for it."""
    for entry in desk.history(stream):
        at, step = OFFICE.local(entry.noted.at), entry.step
        print(f"{at:%Y-%m-%d %H:%M}  {step.clause:4} {step.title.id}")
    for open_step in desk.open_steps(stream):
        print(f"->  {open_step.step.clause:4} {open_step.step.role:10} {open_step.step.title.id}")
        for unmet in open_step.missing:
            print(f"      {unmet.say('id')}")


def today() -> dt.date:
    return OFFICE.local(dt.datetime.now(dt.UTC)).date()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path())
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("price").add_argument("names", nargs="+")
    opening = commands.add_parser("open")
    opening.add_argument("name")
    opening.add_argument("email")
    opening.add_argument("wanted", nargs="+")
    commands.add_parser("list")
    commands.add_parser("show").add_argument("stream")
    given = parser.parse_args(words)
    try:
        if given.command == "price":
            price(given.names)
            return 0
        with SealedStore(
            SqlStore(f"sqlite:///{given.folder / 'pst.db'}"),
            FileKeys.make(given.folder / "pst.db.key"),
        ) as store:
            desk = pst.Desk(OFFICE, store)
            if given.command == "open":
                open_request(desk, given.name, given.email, given.wanted)
            elif given.command == "list":
                list_requests(desk)
            else:
                show(desk, given.stream)
    except pst.PstError as error:  # says what is wrong and what would be right
        print(error.say("id"), file=sys.stderr)
        return 1
    return 0


def a_short_show() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for words in (
            ["price", "dalam-angka", "susenas"],
            ["--folder", folder, "open", "Siti", "siti@example.org", "dalam-angka"],
            ["--folder", folder, "list"],
            ["--folder", folder, "show", f"request-3317-{today().year}-0001"],
        ):
            print("$ office_tool.py", *words)
            if main(words):
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]) if sys.argv[1:] else a_short_show())
