"""Every profile walked whole: those shipped, the example, and any legal one that can be made."""

import datetime as dt
import re
from pathlib import Path

import attrs
import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from pst_core import request as rq
from pst_core import visit as vs
from pst_core.desk.profiles import check_office, published_clauses
from pst_core.documents import Way
from pst_core.documents.asker import Channel
from pst_core.lawdata import parse_toml, shipped
from pst_core.office import Office, offices
from pst_core.office.schema import example
from pst_core.office.standard import Closing, Misfit, Payment
from pst_core.refusal import BadLawData, NotFound
from pst_core.request.state import ABROAD, AGREEMENT_UPLOADED, MICRODATA, NEEDS_AGREEMENT, VERIFYING
from pst_core.wire import procedures_of
from pst_core.workflow import Role

from .legal import EXAMPLE, built, legal, meeting, subsets, table


@pytest.mark.slow
@pytest.mark.parametrize("code", offices())
def test_every_shipped_profile_is_sound_when_walked_whole(code):
    found = check_office(Office.load(code))
    assert [f for f in found.faults if not f.warning] == []
    assert dict(found.walks)["request"].places > 4000


def test_the_two_shipped_offices_are_those():
    assert {"3317", "7500"} <= set(offices())
    gorontalo = Office.load("7500")
    assert str(gorontalo.calendar.zone) == "Asia/Makassar"
    asked = {r.document: r for r in gorontalo.documents if r.needs}
    assert set(asked) == {"account", "tax-number"}
    assert [str(s) for s in asked["tax-number"].segments] == ["private"]
    rows = rq.procedure_of(gorontalo).steps
    assert all(ABROAD in s.when for s in rows if s.command is rq.VerifyTransfer)
    assert (gorontalo.closing, gorontalo.close_after_days) == (Closing.BY_ITSELF, 0)
    assert gorontalo.source.startswith("https://sippn.menpan.go.id/")


# -- the published text ----------------------------------------------------------------------------

ACTORS = {
    "Pengguna layanan": Role.APPLICANT, "Petugas": Role.OFFICER, "Bendahara": Role.TREASURER,
}  # fmt: skip


def published_actor(words):
    """Return who acts by the sentence: the first of the three it names."""
    words = words[0].upper() + words[1:]
    named = {who: re.search(who, words, re.I) for who in ACTORS}
    return ACTORS[min((w for w, m in named.items() if m), key=lambda w: named[w].start())]


def test_Rembang_s_step_table_is_the_published_text_clause_by_clause():
    clauses = {c: t.id for c, t in published_clauses().items() if c[0] == "S"}
    own = procedures_of(Office.load("3317"))
    rows = (*own["visit"].steps, *own["request"].steps)
    # its numbers are ours, in the published order
    order = list(dict.fromkeys(s.clause for s in rows if s.clause in clauses))
    assert order == list(clauses) == [f"S{n}" for n in range(1, 24)]
    for clause, words in clauses.items():
        mine = [s for s in rows if s.clause == clause]
        # S4: the applicant waits, and what is done is the officer's call in queue order
        actor = Role.OFFICER if clause == "S4" else published_actor(words)
        # S16: before the applicant can pay, the treasurer makes the code that is paid to
        first = next(s for s in mine if clause != "S16" or s.command is rq.ReportPayment)
        assert first.role is actor, clause
        assert mine[0].cited.id == clause
        if "luar negeri" in words:
            assert all(ABROAD in s.when for s in mine), clause
    only = {"S10", "S11", "S17"}
    # S17 says "dokumen perjanjian penggunaan data", which S13 ties to microdata and maps
    said = {c for c, w in clauses.items() if w.lower().startswith("khusus")} | {"S17"}
    assert said == only
    for step in rows:
        if step.clause == "S11":
            assert step.at == (VERIFYING,)
        elif step.clause in only:
            assert {NEEDS_AGREEMENT, AGREEMENT_UPLOADED} & set(step.when), step.title.en
        if step.to == VERIFYING:
            assert NEEDS_AGREEMENT in step.when


# of each published sentence: the row that carries it out, the stems that both have, the papers that
# the row makes and whom it tells; order, actor and "khusus" are held above
SENTENCES = {
    "S1": (vs.VisitUnit, "unjung unit pst", (), ()),
    "S2": (vs.SignGuestBook, "mengisi buku tamu", (), ()),
    "S3": (vs.TakeNumber, "mengambil nomor ant", (), ()),
    "S4": (vs.CallVisitor, "sesuai nomor ant", (), ()),
    "S5": (vs.StateRequest, "menyampaikan permintaan kepada petugas", (), ()),
    "S6": (rq.OpenRequest, "layanan portal", (), ()),
    "S7": (rq.AcceptTerms, "tarif pnbp dan dokumen", (), ()),
    "S8": (rq.ChooseProducts, "memilih produk statistik", (), ()),
    "S9": (rq.CompleteForm, "melengkapi formulir permintaan", (), ()),
    "S10": (rq.FileAbstraction, "mengisi abstraksi surat perjanjian penggunaan data", (), ()),
    "S11": (rq.VerifyAbstraction, "memverifikasi kesesuaian abstraksi permintaan", (), ()),
    "S12": (rq.PrepareProducts, "menyiapkan produk statistik", (), ()),
    "S13": (rq.SendOffer, "membuat mengirimkan invoice contoh data dokumen perjanjian",
            ("invoice", "agreement"), ("applicant",)),
    "S14": (rq.AcceptOffer, "ngece invoice contoh data perjanjian", (), ()),
    "S15": (rq.ReviseOffer, "memeriksa permintaan perbaikan hasil", ("invoice", "agreement"),
            ("applicant",)),
    "S16": (rq.ReportPayment, "melakukan pembayaran sesuai invoice", (), ()),
    "S17": (rq.SignAgreement, "menandatangani mengunggah perjanjian penggunaan data",
            (), ()),
    "S18": (rq.VerifyTransfer, "verifikasi bukti pembayaran", (), ()),
    "S19": (rq.IssueReceipt, "membuat mengirimkan kuitansi", ("receipt",), ("applicant",)),
    "S20": (rq.DeliverProducts, "mengirimkan produk statistik", (), ("applicant",)),
    "S21": (rq.ApproveDelivery, "ngece kuitansi produk", (), ()),
    "S22": (rq.MendDelivery, "memeriksa permintaan perbaikan mengirimkan hasil", (),
            ("applicant",)),
    "S23": (rq.RateService, "elesai layanan penilaian", (), ()),
}  # fmt: skip


@pytest.mark.parametrize("clause", SENTENCES)
def test_Rembang_s_row_says_and_does_what_the_published_sentence_says(clause):
    command, stems, papers, told = SENTENCES[clause]
    own = procedures_of(Office.load("3317"))
    rows = [s for p in (own["visit"], own["request"]) for s in p.steps if s.clause == clause]
    row = next(s for s in rows if s.command is command)
    published = published_clauses()[clause].id.lower()
    for stem in stems.split():
        # the published text spells cek as "pengecekan"; the row has the verb, "mengecek"
        assert stem in published, stem
        assert stem in row.title.id.lower(), stem
    # the receipt is printed again where the treasurer is asked to; all else is as it is said
    assert set(papers) <= set(row.makes)
    assert set(told) <= set(row.tells)
    assert bool(row.makes) == bool(papers)


def test_Rembang_s_sentences_say_what_comes_before_what():
    """S13: a sample of microdata alone; S20: after the receipt; S14, S21: what may be asked for."""
    rows = {s.command: s for s in rq.procedure_of(Office.load("3317")).steps if not s.aside}
    offer = {n.code: n.only_for for n in rows[rq.SendOffer].requires}
    assert offer["sample-attached"] == MICRODATA
    assert "receipted" in {n.code for n in rows[rq.DeliverProducts].requires}
    assert rows[rq.DeliverProducts].at == (rows[rq.IssueReceipt].at[0],)
    assert (rows[rq.AskOfferCorrection].clause, rows[rq.AskDeliveryCorrection].clause) == (
        "S14", "S21",
    )  # fmt: skip
    assert rows[rq.ReviseOffer].to in rows[rq.AcceptOffer].at
    assert rows[rq.MendDelivery].to in rows[rq.ApproveDelivery].at


def test_Rembang_has_no_row_that_only_other_offices_have():
    own = {s.command for s in rq.procedure_of(Office.load("3317")).steps}
    others = {rq.CancelMisfit, rq.LeadToConsultation, rq.TakeCash, rq.NoticeClosing}
    assert not own & others
    for step in rq.PROCEDURE.steps:
        assert step.command in own or step.variants, "a row that every office has"


# -- any legal profile -----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_safety_rules_hold_for_profiles_from_all_over_the_legal_ones():
    """A few; where any two choices meet is slow, and all of them are ``make soak-profiles``."""
    choices = list(legal())
    some = choices[:: len(choices) // 5 + 1]
    assert len(some) == 5
    for chosen in some:
        assert table(built(chosen)).explore().problems == (), chosen


@pytest.mark.slow
def test_the_safety_rules_hold_wherever_two_choices_meet():
    some = meeting(legal())
    assert len(some) > 50
    for chosen in some:
        assert table(built(chosen)).explore().problems == (), chosen


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(st.sampled_from(list(legal())))
def test_no_legal_profile_loses_a_clause_or_a_rule(chosen):
    own = rq.procedure_of(built(chosen))
    assert own.rules == rq.PROCEDURE.rules
    assert {s.clause for s in own.steps if s.clause[0] == "S"} == {f"S{n}" for n in range(6, 24)}
    assert len(own.steps) + len(own.beyond) == len(rq.PROCEDURE.steps)
    # what may be done here may be done in the whole table too, by the same people or by an officer
    whole = {(s.clause, s.command, s.event, s.to) for s in rq.PROCEDURE.steps}
    assert {(s.clause, s.command, s.event, s.to) for s in own.steps} <= whole


def listed(words):
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(subsets(Channel)), st.booleans(), st.sampled_from(subsets(Payment)),
    st.sampled_from(subsets(Way)), st.lists(st.sampled_from(Misfit), min_size=2, max_size=2),
)  # fmt: skip
def test_any_choice_at_all_is_a_legal_one_or_refused_with_the_reason(
    doors, portal, payment, ways, misfit
):
    """The reader lets in what the walks go through, and nothing else."""
    text = example()
    for was, is_now in (
        ('doors = ["walk-in", "online"]', f"doors = {listed(doors)}"),
        ("portal = true", f"portal = {str(portal).lower()}"),
        ('at_home = ["billing"]', f"at_home = {listed(payment)}"),
        ('ways = ["upload", "post", "counter"]', f"ways = {listed(ways)}"),
        (
            'walk-in = "sent-back"\nonline = "sent-back"',
            "\n".join(f'{d} = "{m}"' for d, m in zip(Channel, misfit, strict=True) if d in doors),
        ),
    ):
        assert was in text
        text = text.replace(was, is_now)
    lawful = any(
        (c["doors"], c["with_portal"], c["payment"], c["agreement"])
        == (doors, portal, payment, ways)
        for c in ALL
    )
    profile = parse_toml(text, "kantor.toml")
    if lawful:
        kept = tuple((d, m) for d, m in zip(Channel, misfit, strict=True) if d in doors)
        assert Office.of(profile).misfit == kept
        return
    with pytest.raises(BadLawData) as refused:
        Office.of(profile)
    assert refused.value.say("id") != refused.value.say("en")
    assert refused.value.remedy.en


ALL = list(legal())

PLANTED = {
    "cash alone, where people apply online": (
        {"payment": (Payment.CASH,), "doors": (Channel.ONLINE,)}, "nobody's turn at SETTLING",
    ),
    "no way for the agreement to come back": (
        {"agreement": attrs.evolve(EXAMPLE.agreement, ways=())}, "nobody's turn at SETTLING",
    ),
    "nothing for an abstraction that does not fit": ({"misfit": ()}, ""),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTED)
def test_a_combination_past_the_reader_is_found_by_the_walk(name):
    """What the reader refuses is refused by the walk as well: two nets, not one."""
    changes, says = PLANTED[name]
    problems = table(attrs.evolve(EXAMPLE, **changes)).explore().problems
    assert any(says in p.text.en for p in problems) if says else problems == ()


ILLEGAL = [
    (('portal = true', 'portal = false'), "portal"),
    (('doors = ["walk-in", "online"]', 'doors = []'), "doors is empty"),
    (('at_home = ["billing"]', 'at_home = ["billing", "transfer"]'), "both"),
    (('at_home = ["billing"]', 'at_home = ["cash"]'), "could not pay"),
    (('at_home = ["billing"]', 'at_home = []'), "empty"),
    (('at_home = ["billing"]', 'at_home = ["cheque"]'), "billing, transfer, cash"),
    (('doors = ["walk-in", "online"]', 'doors = ["online", "online"]'), "twice"),
    (('walk-in = "sent-back"\n', ''), "misfit.walk-in"),
    (('walk-in = "sent-back"', 'walk-in = "forgotten"'), ", ".join(Misfit)),
    (('way = "days"', 'way = "never"'), "rating, days, by-itself"),
    (('notice_working_days = 3\ncertainty = "assumed"\n\n# Contoh',
      'notice_working_days = 10\ncertainty = "assumed"\n\n# Contoh'), "less than that"),
    (('way = "days"', 'way = "by-itself"'), "unrated_after_working_days is not known here"),
    (('[requirements.identity]', '[requirements.identiti]'), "identity"),
    (('[steps.S13]', '[steps.13]'), "R1 to R6"),
    (('at_home', 'at_hom'), "at_hom"),
    (('ways = ["upload", "post", "counter"]', 'ways = []'), "at least one"),
    (('earlier = []', 'earlier = ["tidak-ada.toml"]'), "tidak-ada.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), ILLEGAL, ids=[says for _, says in ILLEGAL])
def test_what_cannot_stand_together_is_refused_with_the_reason(made, change, says):
    with pytest.raises(BadLawData) as caught:
        made(change)
    assert says in caught.value.say("en")
    assert caught.value.say("id") != caught.value.say("en")


def test_a_faulty_requirement_is_named_with_its_line(made):
    with pytest.raises(BadLawData) as caught:
        made(("[requirements.identity]", "[requirements.identiti]"))
    line = int(re.search(r":(\d+):", str(caught.value))[1])
    text = shipped("profile.toml").read_text("utf-8").splitlines()
    assert text[line - 1] == "[requirements.identity]"


@pytest.mark.slow
def test_check_names_words_for_clauses_that_the_standard_does_not_have(made):
    given = {"S2": 1, "S13": 9, "S12": 8, "S11": 9, "S14": 10, "S15": 10}
    words = "".join(f'[steps.{clause}]\nnumber = "{n}"\n' for clause, n in given.items())
    words += '[steps.S16.rows.Pay]\nnumber = "11"\n'
    found = check_office(made(("[closing]", f"{words}[closing]"), of="7500"))
    said = [f.text.en.split("]")[0] for f in found.faults if f.code == "worded-in-vain"]
    assert said == ["[steps.S2", "[steps.S16.rows.Pay"]
    # 10 is one number for two clauses that follow each other: no note
    twice = [f.text.en for f in found.faults if f.code == "number-twice"]
    assert twice == ["the number 9 is given to S11 and again to S13."]
    assert {"decree-unnamed", "not-filled-in"} <= {f.code for f in found.faults if f.warning}
    assert not found.sound


# -- versions --------------------------------------------------------------------------------------


def versions(made, change):
    made(name="lama.toml")
    return made(
        ("0000/2026-11", "0000/2027-01"), ("valid_from = 2026-01-01", "valid_from = 2026-12-01"),
        ("earlier = []", 'earlier = ["lama.toml"]'), change, name="baru.toml",
    )  # fmt: skip


def test_the_version_of_a_day_is_the_newest_that_held_then(made, tmp_path):
    office = versions(made, ('way = "days"', 'way = "days"'))
    assert [v.version for v in office.versions()] == ["0000/2027-01", "0000/2026-11"]
    path = tmp_path / "baru.toml"
    assert Office.load(path, on=dt.date(2026, 11, 30)).version == "0000/2026-11"
    assert Office.load(path, on=dt.date(2026, 12, 1)).version == "0000/2027-01"
    with pytest.raises(NotFound, match="no-version-yet"):
        Office.load(path, on=dt.date(2025, 12, 31))
    assert office.at_version("0000/2026-11").version == "0000/2026-11"
    assert office.at_version("lost") is office


# -- further offices -------------------------------------------------------------------------------

WRITTEN = sorted((Path(__file__).parents[2] / "examples/offices").glob("*.toml"))


@pytest.mark.slow
@pytest.mark.parametrize("place", WRITTEN, ids=lambda place: place.stem)
def test_an_office_written_from_its_standard_with_the_docs_alone_is_sound(place):
    found = check_office(Office.load(place))
    assert [f for f in found.faults if not f.warning] == []
    assert "tariff-unconfirmed" in {f.code for f in found.faults}
    assert "number-twice" not in {f.code for f in found.faults}


def test_the_office_that_differs_in_nearly_everything_does():
    """Its standard has three clauses in one, other words, ways, hours and limits than Rembang's."""
    office = Office.load(next(p for p in WRITTEN if p.stem == "8199"))
    zone = office.calendar.zone
    # Monday 16 November is the regency's day off, and the counter closes at 15:00, Fridays at 11:00
    due = office.deadline(dt.datetime(2026, 11, 12, 9, tzinfo=zone)).due
    assert due == dt.datetime(2026, 11, 24, 15, tzinfo=zone)
    assert str(zone) == "Asia/Jayapura"
    own = {s.command: s for s in rq.procedure_of(office).steps}
    assert (own[rq.AcceptTerms].cited.id, own[rq.FileAbstraction].cited.id) == (
        "butir 4",
        "butir 5",
    )
    assert own[rq.LeadToConsultation].title.en == (
        "Check the abstraction: lead to statistical consultation where the abstraction does not "
        "match"
    )
    assert not {rq.IssueBilling, rq.SendBackAbstraction} & set(own)
    assert {rq.TakeCash, rq.NoticeClosing, rq.RecordOriginals} <= set(own)
    # who lives here transfers as those abroad do
    assert ABROAD not in own[rq.VerifyTransfer].when
