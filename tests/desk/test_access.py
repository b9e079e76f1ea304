"""Who may do and read what: the whole matrix, and every way around it."""

import typing
from enum import Enum
from types import UnionType

import attrs
import pytest

from pst_core import request as rq
from pst_core.desk import Desk
from pst_core.desk.access import RIGHTS, Relation, View, commands_grid, right_of
from pst_core.desk.fields import FIELDS, HIDDEN, PERSONAL, Held, masked
from pst_core.desk.memory import MemoryStore
from pst_core.office import Office
from pst_core.refusal import Conflict, NotFound, Refusal
from pst_core.tariff import Publication
from pst_core.testing.lives import (
    ACTORS,
    APPLICANT,
    AUDITOR,
    HEAD,
    OFFICER,
    TREASURER,
    carry,
    person,
)  # fmt: skip
from pst_core.wire import event_to_json, event_types, procedures, procedures_of
from pst_core.workflow import Actor, Context, Role, State
from pst_core.workflow.explore import _Walker

OFFICE = Office.load("3317")
PUBLICATION = (Publication("Rembang Dalam Angka", pages=312),)
TO_OFFER = (
    rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileRequest, rq.PrepareProducts,
    rq.SendOffer,
)  # fmt: skip
DENIED = {"not-your-role", "not-now", "not-your-case"}


@pytest.fixture
def desk():
    return Desk(OFFICE, MemoryStore())


@pytest.fixture
def stream(desk):
    made = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    carry(desk, made, TO_OFFER, products=PUBLICATION)
    return made


# -- commands: state x role x command, whole ------------------------------------------------------


def blank(kind):
    """Return a well-formed value of ``kind``, whatever it says."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        args = typing.get_args(kind)
        return None if type(None) in args else blank(args[0])
    if origin is tuple:
        return ()
    if origin is typing.Literal:
        return typing.get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if attrs.has(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{a.name: blank(hints[a.name]) for a in attrs.fields(kind)})
    if kind in (str, int, bool):
        return 1 if kind is int else kind()
    return rq_time() if kind.__name__ == "datetime" else rq_time().date()


def rq_time():
    import datetime as dt

    return dt.datetime(2026, 11, 24, 9, tzinfo=OFFICE.calendar.zone)


def places(procedure):
    """Return one case for each set of rows that are there at any reachable place."""
    walker = _Walker(procedure)
    walker.walk()
    found = {}
    for phase, facts in walker.places:
        fitting = frozenset(id(s) for s in procedure.steps if s.fits(phase, facts))
        found.setdefault((phase, fitting), facts)
    return [(phase, facts) for (phase, _), facts in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(procedures_of(OFFICE)))
def test_state_role_command_the_whole_matrix(name):
    procedure = procedures_of(OFFICE)[name]
    printed = {row["command"].strip("`"): row for row in commands_grid(procedure).data("en")}
    commands = {s.command: blank(s.command) for s in procedure.steps}
    cells = 0
    done = set()
    for phase, facts in places(procedure):
        state = State(phase, facts, version=1)
        open_ = {
            role: {o.step.command for o in procedure.open_steps(state, ACTORS[role])}
            for role in Role
        }
        for kind, command in commands.items():
            step = procedure.step_for(kind, state)
            for role in Role:
                cells += 1
                by = ACTORS[role]
                may = step is not None and role in step.roles
                assert (kind in open_[role]) == may
                words = printed[kind.__name__][role].split(", ")
                if may:
                    assert phase in words
                    done.add((kind, role, phase))
                    continue
                decided = procedure.decide(command, state, Context(by, rq_time(), OFFICE))
                assert isinstance(decided, Refusal)
                assert decided.code in DENIED, (phase, role, kind)
    # and nothing is printed that cannot be done somewhere
    for kind in commands:
        for role in Role:
            said = {p for p in printed[kind.__name__][role].split(", ") if p}
            assert said == {p for k, r, p in done if (k, r) == (kind, role)}
    assert cells >= len(commands) * len(Role)


def test_a_role_that_no_row_names_has_no_command():
    for procedure in procedures().values():
        for step in procedure.steps:
            assert Role.AUDITOR not in step.roles
            assert Role.HEAD not in step.roles


# -- four eyes ------------------------------------------------------------------------------------

TO_RECEIPT = (*TO_OFFER, rq.AcceptOffer, rq.IssueBilling, rq.ReportPayment, rq.ConfirmPayment)


def test_a_receipt_by_who_made_the_offer_only_where_the_profile_lets_them():
    both = attrs.evolve(TREASURER, id=OFFICER.id)
    for by_another in (False, True):
        office = attrs.evolve(
            OFFICE, treasury=attrs.evolve(OFFICE.treasury, receipt_by_another=by_another)
        )
        desk = Desk(office, MemoryStore())
        stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
        carry(desk, stream, TO_RECEIPT, products=PUBLICATION)
        if not by_another:
            assert desk.do(stream, rq.IssueReceipt(), by=both).events
            continue
        with pytest.raises(Refusal) as caught:
            desk.do(stream, rq.IssueReceipt(), by=both)
        assert [u.code for u in caught.value.unmet] == ["four-eyes-receipt"]
        assert desk.do(stream, rq.IssueReceipt(), by=TREASURER).events


@pytest.mark.parametrize(
    ("upto", "command", "role", "code"),
    [
        ((), rq.VerifyAbstraction, Role.OFFICER, "four-eyes-abstraction"),
        (
            (rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer,
             rq.SignAgreement),
            rq.AcceptAgreement, Role.OFFICER, "four-eyes-agreement",
        ),
        (
            (rq.VerifyAbstraction, rq.PrepareProducts, rq.SendOffer, rq.AcceptOffer,
             rq.IssueBilling, rq.ReportPayment),
            rq.ConfirmPayment, Role.TREASURER, "four-eyes-payment",
        ),
    ],
)  # fmt: skip
def test_nobody_verifies_what_they_handed_in(desk, upto, command, role, code):
    from pst_core.testing.lives import fitting

    stream = desk.open(rq.OpenRequest(person()), by=APPLICANT).stream
    filed = (rq.AcceptTerms, rq.ChooseProducts, rq.CompleteForm, rq.FileAbstraction, rq.FileRequest)
    state = carry(desk, stream, (*filed, *upto))
    made = fitting(command, state, OFFICE, desk.clock(), stream)
    with pytest.raises(Refusal) as caught:
        desk.do(stream, made, by=Actor(APPLICANT.id, role, "dua jabatan"))
    assert [u.code for u in caught.value.unmet] == [code]
    assert desk.do(stream, made, by=ACTORS[role]).events


# -- reading --------------------------------------------------------------------------------------


def ask(door, view, stream):
    return {
        View.CASE: lambda: door.see(stream),
        View.HISTORY: lambda: door.history(stream),
        View.DOCUMENTS: lambda: door.documents(stream),
        View.LEDGER: lambda: door.ledger(stream),
        View.PAPERS: lambda: door.papers(stream),
        View.REGISTER: door.register,
        View.QUEUE: door.queue,
        View.READINGS: lambda: door.readings(stream),
    }[view]()


READS = [v for v in View if v not in (View.EXPORT, View.CORRECT, View.ERASE, View.BREACH)]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("view", READS)
def test_each_role_is_shown_the_views_of_its_line_and_no_other(desk, stream, role, view):
    door = desk.door(ACTORS[role])
    if view in right_of(role).views:
        assert ask(door, view, stream) is not None
        return
    with pytest.raises(Refusal) as caught:
        ask(door, view, stream)
    assert caught.value.code == "not-your-view"


@pytest.mark.parametrize("view", [v for v in READS if v not in (View.REGISTER, View.QUEUE)])
@pytest.mark.parametrize("role", list(Role))
def test_nobody_is_shown_anothers_case(desk, stream, role, view):
    if view not in right_of(role).views:
        return
    stranger = (
        Actor("warga-2", role)
        if role is Role.APPLICANT
        else attrs.evolve(ACTORS[role], office="7500")
    )
    for guessed in (stream, stream[:-1] + "9", "request-7500-2026-0001", "", "*"):
        with pytest.raises(NotFound) as caught:
            ask(desk.door(stranger), view, guessed)
        assert caught.value.code == "unknown-request"
    if role is not Role.APPLICANT:
        # unless the case was given to them by name
        helper = attrs.evolve(stranger, assigned=(stream,))
        if Relation.ASSIGNED in right_of(role).relations:
            assert ask(desk.door(helper), view, stream) is not None


def test_another_offices_case_is_not_there_for_anybody():
    store = MemoryStore()
    here, there = Desk(OFFICE, store), Desk(Office.load("7500"), store)
    stream = here.open(rq.OpenRequest(person()), by=APPLICANT).stream
    for ask_ in (there.state, there.history, there.open_steps, there.documents, there.ledger,
                 there.procedure, there.office_of):  # fmt: skip
        with pytest.raises(NotFound):
            ask_(stream)
    for actor in ACTORS.values():
        with pytest.raises((NotFound, Refusal)):
            there.door(actor).see(stream)
        with pytest.raises((NotFound, Refusal)):
            there.do(stream, rq.AcceptTerms(), by=actor)
    assert here.state(stream).version == 1


def test_another_offices_staff_does_nothing_here(desk, stream):
    for role in (Role.OFFICER, Role.TREASURER, Role.HEAD, Role.AUDITOR):
        far = attrs.evolve(ACTORS[role], office="7500")
        with pytest.raises(Refusal) as caught:
            desk.do(stream, rq.RejectRequest("-"), by=far)
        assert caught.value.code == "not-your-office"
        assert desk.door(far).register() == [] if View.REGISTER in right_of(role).views else True


def test_another_tenants_command_id_answers_nothing():
    store = MemoryStore()
    here, there = Desk(OFFICE, store), Desk(Office.load("7500"), store)
    here.open(rq.OpenRequest(person()), by=APPLICANT, command_id="guessed")
    with pytest.raises(Conflict) as caught:
        there.open(rq.OpenRequest(person()), by=APPLICANT, command_id="guessed")
    assert caught.value.code == "command-id-reused"


def test_an_auditor_sees_amounts_and_no_person(desk, stream):
    seen = desk.door(AUDITOR).see(stream)
    real = desk.state(stream)
    assert (seen.phase, seen.facts, seen.books, seen.version) == (
        real.phase, real.facts, real.books, real.version,
    )  # fmt: skip
    assert seen.last(rq.OfferSent) == real.last(rq.OfferSent)
    assert seen.last(rq.RequestOpened).applicant.name == HIDDEN
    told = "".join(
        event_to_json(e.noted.event) + repr(e.noted.by) for e in desk.door(AUDITOR).history(stream)
    )
    for secret in (APPLICANT.id, APPLICANT.name, "siti@example.org", "3317064505900001"):
        assert secret not in told
    assert {r.title for r in desk.door(AUDITOR).register()} == {HIDDEN}
    assert desk.door(AUDITOR).register(applicant="nobody") != []


def test_the_person_sees_all_of_their_own(desk, stream):
    assert desk.door(APPLICANT).see(stream) == desk.state(stream)
    assert [r.stream for r in desk.door(APPLICANT).register()] == [stream]
    other = Actor("warga-2", Role.APPLICANT)
    assert desk.door(other).register() == []
    assert desk.door(other).register(applicant=APPLICANT.id) == []


def test_who_looked_is_written_down_and_the_person_can_ask(desk, stream):
    desk.door(OFFICER).see(stream)
    desk.door(TREASURER).history(stream)
    desk.door(HEAD).register()
    desk.door(AUDITOR).ledger(stream)
    desk.door(APPLICANT).see(stream)
    seen = desk.door(APPLICANT).readings(stream)
    assert [(r.by, r.view, r.stream) for r in seen] == [
        (OFFICER.id, "case", stream), (TREASURER.id, "history", stream), (HEAD.id, "register", "*"),
    ]  # fmt: skip
    assert "number" in seen[0].saw
    assert "number" not in seen[1].saw


def test_who_is_complained_about_does_not_read_the_complaint(desk):
    from pst_core import complaint as cp

    said = cp.RecordFromBox("Petugas tidak sopan.", "service", named=("petugas-9",))
    kinds = cp.complaint_rules(desk.clock().date()).kinds
    made = desk.open(attrs.evolve(said, kind=kinds[0].code), by=OFFICER).stream
    assert desk.door(OFFICER).see(made).version == 1
    with pytest.raises(NotFound):
        desk.door(Actor("petugas-9", Role.OFFICER)).see(made)


def test_every_right_stands_once_and_every_role_has_its_line():
    assert sorted(r.role for r in RIGHTS) == sorted(Role)


# -- fields ---------------------------------------------------------------------------------------


def holds_text(kind):
    return kind is str or any(
        holds_text(inner)
        for inner in typing.get_args(kind)
        if typing.get_origin(kind) in (tuple, typing.Union, UnionType)
    )


def texts(kind, seen):
    """Yield (class, field) of every free text that can stand in ``kind``."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType) or origin is tuple:
        for inner in typing.get_args(kind):
            yield from texts(inner, seen)
    elif isinstance(kind, type) and attrs.has(kind) and kind not in seen:
        seen.add(kind)
        hints = typing.get_type_hints(kind)
        for a in attrs.fields(kind):
            if holds_text(hints[a.name]):
                yield kind, a.name
            yield from texts(hints[a.name], seen)


def test_every_text_of_every_event_is_judged_and_nothing_else():
    seen = set()
    found = {pair for kind in event_types().values() for pair in texts(kind, seen)}
    assert found == {(kind, name) for kind, held in FIELDS.items() for name in held}


def planted(kind, path):
    """Return a value of ``kind`` with a canary in every text, named by class and field."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, UnionType):
        return planted(next(a for a in typing.get_args(kind) if a is not type(None)), path)
    if origin is tuple:
        return tuple(planted(a, path) for a in typing.get_args(kind) if a is not Ellipsis)
    if kind is str:
        return f"<{path}>"
    if isinstance(kind, type) and attrs.has(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{a.name: planted(hints[a.name], f"{kind.__name__}.{a.name}")
                       for a in attrs.fields(kind)})  # fmt: skip
    return blank(kind)


@pytest.mark.parametrize("name", sorted(event_types()))
def test_canaries_of_persons_are_masked_wherever_they_stand(name):
    event = planted(event_types()[name], name)
    plain = {
        f"<{kind.__name__}.{field}>"
        for kind, held in FIELDS.items()
        for field, what in held.items()
        if what not in PERSONAL
    }
    import re

    left = set(re.findall(r"<[\w.]+>", event_to_json(masked(event, frozenset(Held) - PERSONAL))))
    assert left <= plain
