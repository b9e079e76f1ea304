"""Uploads (T13): honest files pass, each bad one gives its own finding, and the limits hold."""

import os
import random
import signal
import subprocess
import sys
import threading

import pytest
from tests.files import corpus, hostile

from pst_adapters.files import FileReader, read_facts, read_facts_safely
from pst_core.documents.checks import check_upload
from pst_core.documents.facts import FileFacts


@pytest.fixture(scope="module")
def reader():
    with FileReader() as reader:
        yield reader


def found(facts):
    return {f.code for f in check_upload(facts, "letter")}


@pytest.mark.slow
@pytest.mark.parametrize("name", corpus.CORPUS, ids=ascii)
def test_T13_file_gives_exactly_its_findings(reader, name):
    make, findings = corpus.CORPUS[name]
    facts, usage = reader.measure(make(random.Random(name)), name)
    assert found(facts) == set(findings.split())
    # the system ends the child at 2 s of processor time, and lets it have no more than 256 MiB
    assert usage.cpu_seconds < 2.5
    assert usage.peak_megabytes <= 256


def test_T13_corpus_is_large_enough():
    assert len(corpus.CORPUS) >= 60
    assert len(corpus.HOSTILE) >= 40


def test_every_finding_is_said_in_both_languages_and_each_problem_in_its_own_words():
    marks = ("name-path", "name-long", "archive-path", "restricted", "location")
    problems = ("damaged", "too-slow", "too-big", "too-deep", "crashed", "unread")
    said = {}
    for problem in problems:
        facts = FileFacts(
            "a.pdf", 1, "0" * 64, "image/heic", encrypted=True, active_content=("launch",),
            looks_also_like=("text/html",), problem=problem, marks=marks,
        )  # fmt: skip
        findings = check_upload(facts, "letter")
        assert len(findings) == 10
        for finding in findings:
            assert finding.text.id != finding.text.en
            assert finding.remedy.id != finding.remedy.en
            said[finding.code] = finding.text.id
    assert len(set(said.values())) == len(said) == 9 + len(problems)


# --- media types --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"a,b\n1,2\n", "text/csv"),
        (b"# rekaan\na;b\n1;2\n", "text/csv"),
        (b"satu kalimat saja", "text/plain"),
        (b'{"a": 1}', "application/json"),
        (b'{"type": "FeatureCollection", "features": []}', "application/geo+json"),
        (b"{\\rtf1}", "application/rtf"),
        (b'{"a":' * 50_000, "application/json"),
        (b"[" * 50_000, "text/plain"),
        (b"\xff\xfe\0", "application/octet-stream"),
        (b"", "application/octet-stream"),
        (b" \n", "application/octet-stream"),
        (b"PAR1" + bytes(20), "application/octet-stream"),
        (b"\x03\x63\x0d\x01" + bytes(90), "application/octet-stream"),  # a thirteenth month
    ],
    ids=range(13),
)
def test_type_is_by_content(data, media_type):
    assert read_facts(data, "x.exe").media_type == media_type


@pytest.mark.parametrize("where", [0, 65_535, 65_536, 65_537, 200_000])
def test_a_letter_cut_by_a_piece_is_no_damage(where):
    text = ("x" * where + "é,ü" + "y" * 100_000).encode()
    assert read_facts(text, "x").media_type == "text/csv" if where < 60_000 else True
    assert read_facts(text, "x").media_type != "application/octet-stream"
    assert read_facts(text + b"\xff", "x").media_type == "application/octet-stream"


# --- the reader -----------------------------------------------------------------------------------


def slow():
    return corpus.endless_text(random.Random(1))


def honest():
    return corpus.by_fpdf(random.Random(1))


@pytest.mark.slow
def test_T13_processor_time_ends_the_child_not_the_clock(reader):
    with FileReader(seconds=1) as strict:
        facts, usage = strict.measure(slow(), "a.pdf")
    assert facts.problem == "too-slow"
    # of the child after it was forked; the limit counts what went before, too
    assert 0.5 < usage.cpu_seconds < 1.5


@pytest.mark.slow
def test_T13_memory_is_bounded_by_the_system():
    # pypdf itself would let this one pass
    data = corpus.flate_bomb(random.Random(1), megabytes=70)
    with FileReader(megabytes=110) as strict:
        facts, usage = strict.measure(data, "a.pdf")
    assert facts.problem == "too-big"
    assert usage.peak_megabytes <= 110
    with FileReader(megabytes=400) as lax:
        assert lax.read(data, "a.pdf").problem == ""


def test_T13_waiting_too_long_is_no_fault_of_the_file():
    # as on a machine so busy that nothing is done before the wait is over
    with FileReader(patience=0) as hasty:
        facts = hasty.read(slow(), "a.pdf")
        assert facts.problem == "unread"
    (finding,) = check_upload(facts, "letter")
    assert finding.code == "file-unread"
    assert "lagi nanti" in finding.remedy.id


@pytest.mark.slow
def test_T13_a_reader_that_was_lost_is_started_again():
    with FileReader() as reader:
        assert reader.read(honest(), "a.pdf").problem == ""
        lost = reader._process
        os.killpg(lost.pid, signal.SIGKILL)
        lost.wait()
        assert reader.read(honest(), "a.pdf").problem == ""
        # lost in the middle of an order that a stopped process does not take
        os.killpg(reader._process.pid, signal.SIGSTOP)
        threading.Timer(0.3, os.killpg, (reader._process.pid, signal.SIGKILL)).start()
        assert reader.read(corpus.too_large(random.Random(1)), "a.pdf").problem == ""


def test_T13_nothing_runs_on_after_close():
    with FileReader() as reader:
        reader.read(honest(), "a.pdf")
        process = reader._process
    assert process.returncode == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_T13_a_forked_worker_asks_a_process_of_its_own():
    with FileReader() as reader:
        reader.read(honest(), "a.pdf")
        theirs = reader._process
        child = os.fork()
        if child == 0:
            try:
                good = reader.read(honest(), "a.pdf").problem == ""
                other = reader._process is not theirs
                reader._process.kill()
                os._exit(0 if good and other else 1)
            finally:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert theirs.poll() is None
        assert reader.read(honest(), "a.pdf").problem == ""


def test_T13_the_child_writes_no_file_and_dumps_no_core(tmp_path):
    code = (
        "import os, sys\n"
        "from pst_adapters.files import __main__ as m\n"
        "m._limit_this_process(2, 256)\n"
        "try:\n    open('x', 'wb', 0).write(b'y')\nexcept OSError as e: print('no', e.errno)\n"
        "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "no 27\n(0, 0)\n"
    assert [p.stat().st_size for p in tmp_path.iterdir()] in ([], [0])


def test_T13_a_module_in_the_working_directory_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pypdf.py").write_text("raise SystemExit('taken over')")
    assert read_facts_safely(honest(), "a.pdf").problem == ""


def test_T13_threads_share_a_reader(reader):
    from concurrent.futures import ThreadPoolExecutor

    files = [corpus.by_reportlab(random.Random(n)) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        facts = list(pool.map(lambda data: reader.read(data, "a.pdf"), files))
    assert facts == [read_facts(data, "a.pdf") for data in files]


@pytest.mark.slow
def test_T13_hostile_files_are_stopped_and_honest_ones_pass():
    # the whole run of 1,000 and 200: python -m tests.files.hostile
    figures = hostile.run(variants=1, honest_files=26)
    assert figures.passed == []
    assert figures.wrong_reason == []
    assert figures.refused == []
    assert figures.left_behind == []
    assert figures.peak <= 256
