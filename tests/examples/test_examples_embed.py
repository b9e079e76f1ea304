"""The examples as somebody runs them who has just cloned this: each by its one line."""

import email
import email.policy
import importlib.util
import os
import re
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EMBED = ROOT / "examples/embed"
README = (ROOT / "examples/README.md").read_text("utf-8")


def load(name):
    """Return the example as a module: what it does is done in this process, which is quicker."""
    spec = importlib.util.spec_from_file_location(f"embed_{name}", EMBED / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAIL_OFFICE, OFFICE_TOOL = load("mail_office"), load("office_tool")


# -- the list of examples ---------------------------------------------------------------------


def test_every_example_that_is_there_is_listed_with_the_line_that_starts_it():
    there = [p for p in (ROOT / "examples").iterdir() if p.is_dir() and any(p.glob("*.*"))]
    names = [f"examples/{p.name}" for p in there if p.name not in ("embed", "__pycache__")]
    names += [f"examples/embed/{p.name}" for p in EMBED.glob("*.py")]
    rows = {
        cells[1].strip(" `"): cells[4].strip(" `")
        for line in README.splitlines()
        if len(cells := re.split(r"(?<!\\)\|", line)) == 6
    }
    for name in names:
        assert name in rows, f"{name} is not in examples/README.md"
        start = rows[name]
        assert name in start or name.replace("/", ".") in start, f"{name}: {start}"


def test_every_file_that_the_list_names_is_there():
    named = re.findall(r"examples/[\w/.-]+\.(?:py|toml|csv|md)\b", README)
    assert len(named) > 8
    for name in named:
        # an example may come from elsewhere; if its folder is there, what is named in it is, too
        folder = ROOT / "/".join(name.split("/")[:2])
        assert (ROOT / name).is_file() or not folder.is_dir(), name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mail_office.py", "office_tool.py"])
def test_an_example_without_words_shows_itself_and_leaves_nothing(name, tmp_path):
    done = subprocess.run(
        [sys.executable, str(EMBED / name)], capture_output=True, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "request-3317-" in shown
    assert "Rp140.000" in shown
    assert list(tmp_path.iterdir()) == []


# -- the command-line tool --------------------------------------------------------------------


@pytest.fixture
def tool(tmp_path, capsys):
    """Return ``tool(*words)``: what it prints, with the code that it leaves with."""

    def use(*words, code=0):
        assert OFFICE_TOOL.main(["--folder", str(tmp_path), *words]) == code
        said = capsys.readouterr()
        return said.err if code else said.out

    return use


def test_the_tool_prices_opens_lists_and_says_what_is_missing(tool):
    assert "Rp210.000" in tool("price", "dalam-angka", "peta-desa")
    stream = tool("open", "Siti", "siti@example.org", "susenas")
    assert re.fullmatch(r"request-3317-\d{4}-0001\n", stream)
    assert stream.strip() in tool("list")
    shown = tool("show", stream.strip())
    assert re.findall(r"^\d{4}-\d\d-\d\d \d\d:\d\d  (S\d)", shown, re.M) == ["S6", "S7", "S8"]
    assert "kartu identitas" in shown


def test_the_tool_says_what_is_wrong_and_what_would_be_right(tool):
    assert "Mungkin maksudnya 'susenas'" in tool("price", "susena", code=1)
    assert "request-3317-1999-0001" in tool("show", "request-3317-1999-0001", code=1)


# -- the office that works by mail ------------------------------------------------------------


class Post:
    """Mails to the office in ``folder``, and its answers."""

    def __init__(self, folder):
        self.mails, self.office = folder / "mails", folder / "office"
        self.place = self.mails
        self.mails.mkdir()
        self.sent = 0

    def put(self, body, *, sender="Siti <siti@example.org>", subject="Data", **headers):
        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender, subject
        mail["Message-ID"] = f"<{self.sent}@example.org>"
        for name, value in headers.items():
            del mail[name.replace("_", "-")]
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        self.put_bytes(mail.as_bytes())

    def put_bytes(self, data):
        (self.place / f"{self.sent:03}.eml").write_bytes(data)
        self.sent += 1

    def work(self):
        """Let the office work; return its new answers by receiver and text."""
        before = set(self.office.glob("out/*.eml"))
        answered = MAIL_OFFICE.work_through(self.mails, self.office)
        new = set(self.office.glob("out/*.eml")) - before
        assert answered == len(new)
        read = [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in new]
        return {mail["To"]: mail for mail in read}

    def ask(self, body, **headers):
        self.put(body, **headers)
        (mail,) = self.work().values()
        return mail


@pytest.fixture
def post(tmp_path):
    return Post(tmp_path)


def test_S6_S7_S8_S9_R4_a_publication_by_two_mails(post):
    first = post.ask("Produk: dalam-angka")
    text = first.get_content()
    assert first["To"] == "siti@example.org"
    assert "Rp140.000" in text
    assert "R5: " in text
    assert "  Setuju: ya" in text
    (number,) = re.findall(r"request-3317-\d{4}-\d{4}", first["Subject"])
    # as a mail program answers: below what is quoted, with the lines that were asked for
    quoted = "".join(f"> {line}\n" for line in text.splitlines())
    second = post.ask(f"{quoted}\nProduk: dalam-angka\nSetuju: ya", subject=f"Re: {number}")
    assert "giliran kantor" in second.get_content()
    assert number in second["Subject"]


def test_R6_microdata_need_more_and_the_answer_says_what(post):
    text = post.ask(
        "Nama: Siti A.\nProduk: susenas\nPeriode: 2025\nKeperluan: Skripsi\nSetuju: ya"
    ).get_content()
    assert text.startswith("Yth. Siti A.,")
    assert "S9: Belum ada: kartu identitas" in text
    assert "R6: " in text
    assert "Serahkan kartu identitas di loket" in text


def test_a_mail_that_is_read_twice_opens_one_request(post):
    post.put("Produk: dalam-angka")
    copy = (post.mails / "000.eml").read_bytes()
    (first,) = post.work().values()
    assert list(post.mails.glob("*.eml")) == []
    # as if the answer had been sent and the machine had stopped before the mail was laid aside
    for sent in post.office.glob("out/*.eml"):
        sent.unlink()
    post.put_bytes(copy)
    (again,) = post.work().values()
    assert again["Subject"] == first["Subject"]
    assert again["Message-ID"] == first["Message-ID"]


def test_nobody_goes_on_with_another_s_request(post):
    number = post.ask("Produk: dalam-angka")["Subject"].split()[-1]
    stranger = {"sender": "budi@example.org", "subject": number}
    answer = post.ask("Setuju: ya", **stranger)
    assert answer["To"] == "budi@example.org"
    assert "Rp" not in answer.get_content()
    nothing = post.ask("Setuju: ya", sender="budi@example.org", subject=number[:-1] + "9")
    theirs, none = (mail.get_content().splitlines()[2] for mail in (answer, nothing))
    assert theirs.replace(number, "") == none.replace(number[:-1] + "9", "")


def test_nobody_gets_at_another_s_request_by_its_message_id(post):
    first = post.ask("Produk: dalam-angka", Message_ID="<same@example.org>")
    other = post.ask(
        "Produk: kecamatan", sender="budi@example.org", Message_ID="<same@example.org>"
    )
    assert first["Subject"] != other["Subject"]
    assert "Rp65.000" in other.get_content()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("Halo", "tidak menyebut produk"),
        ("Produk: susena", "Mungkin maksudnya 'susenas'?"),
        ("Produk: ../etc", "tidak ada di katalog"),
    ],
)
def test_a_mail_that_asks_for_nothing_is_told_how_to_ask(post, body, says):
    text = post.ask(body).get_content()
    assert says in text
    assert "  dalam-angka: " in text


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"List_Id": "<news.example.org>"},
        {"sender": "not an address"},
    ],
)
def test_a_machine_is_not_answered_and_its_mail_is_laid_aside(post, headers):
    post.put("Produk: dalam-angka", **headers)
    assert post.work() == {}
    assert [p.name for p in post.mails.glob("done/*")] == ["000.eml"]


def test_what_is_no_mail_stops_nothing(post):
    unknown = b"Content-Type: text/plain; charset=klingon"
    for data in (
        b"",
        b"\xff\xfe\x00",
        b"From: a@example.org\n" + unknown + b"\n\nx",
        b"From: b@example.org\n\n" + b"x" * 1_000_001,
    ):
        post.put_bytes(data)
    post.put("Produk: dalam-angka")
    assert set(post.work()) == {"siti@example.org", "a@example.org"}
    assert list(post.mails.glob("*.eml")) == []


def test_a_maildir_is_worked_through_as_mail_programs_expect(post):
    post.place = post.mails / "new"
    post.place.mkdir()
    post.put("Produk: dalam-angka")
    assert len(post.work()) == 1
    assert [p.name for p in (post.mails / "cur").iterdir()] == ["000.eml:2,RS"]
