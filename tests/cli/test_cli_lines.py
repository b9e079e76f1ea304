"""What is typed wrong is answered in the language asked for, click's own words included."""

import pytest

from pst_adapters.cli import main

LINES = [
    (["quote", "--nope"], "Tidak ada opsi '--nope'", "No such option"),
    (["quoet"], "Tidak ada perintah 'quoet'. Maksudnya 'quote'?", "Did you mean"),
    (["history", "a", "b", "c"], "Argumen ini berlebih: b c", "unexpected extra arguments"),
    (["quote", "--publication"], "'--publication' memerlukan nilai", "requires an argument"),
    (["report", "--json=3"], "'--json' tidak menerima nilai", "does not take a value"),
    (["office", "new"], "Argumen 'FILE' belum disebut", "Missing argument"),
    (["work", "--lease", "x"], "'--lease' tidak sah: 'x' bukan bilangan", "not a valid integer"),
    (["work", "--lease", "1"], "1 di luar x>=2", "not in the range"),
    (["work", "--smtp-security", "no"], "'no' bukan salah satu dari", "is not one of"),
    (["office", "simulate-change", "a", "b", "--on", "3"], "tidak sesuai dengan bentuk",
     "does not match the format"),
    (["person", "erase", "a", "--list", "/nope"], "'/nope' tidak ada", "does not exist"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "ours", "theirs"), LINES, ids=[" ".join(w) for w, *_ in LINES])
def test_a_line_that_is_not_right_is_answered_in_one_language(words, ours, theirs, capsys):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert ours in said
    assert theirs not in said
    assert main([*words, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert theirs in said
    assert ours not in said


@pytest.mark.parametrize("words", [[], ["office"], ["person"]])
def test_a_group_alone_is_answered_by_its_help(words, capsys):
    shown = {}
    for lang in ("id", "en"):
        assert main([*words, "--lang", lang]) == 2
        shown[lang] = capsys.readouterr().err
    assert shown["en"].startswith("Usage: pst")
    assert shown["id"].startswith("Pemakaian: pst")


def test_the_frame_of_a_page_of_help_is_in_its_language_too(capsys):
    theirs = ("Usage:", "Options:", "[OPTIONS]", "Show this message", "[env var: PST_DB; default: ",
              "[required]")  # fmt: skip
    ours = ("Pemakaian:", "Opsi:", "[OPSI]", "Tampilkan pesan ini",
            "[variabel lingkungan: PST_DB; bawaan: ", "[wajib]")  # fmt: skip
    for lang, here, elsewhere in (("id", ours, theirs), ("en", theirs, ours)):
        said = ""
        for command in ("health", "move"):
            assert main([command, "--help", "--lang", lang]) == 0
            said += " ".join(capsys.readouterr().out.split())
        for word, other in zip(here, elsewhere, strict=True):
            assert word in said
            assert other not in said
