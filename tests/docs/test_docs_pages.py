"""The two trees are in step, complete and free of dead ends."""

import re
import sys

import pytest
from tests.docs.pages import DOCS, LANGUAGES, ROOT, found, headings, written

sys.path.insert(0, str(DOCS))
from made.api import api_list
from made.reference import undocumented
from made.stage import LINK, navigation, pages_of
from made.trace import clauses, mentions


def read(lang, name):
    return (DOCS / lang / f"{name}.md").read_text("utf-8")


def test_both_languages_have_the_same_pages():
    assert pages_of("id") == pages_of("en")


@pytest.mark.parametrize("name", pages_of("en"))
def test_a_page_has_the_same_parts_in_both_languages(name):
    check_translation(read("id", name), read("en", name))


def check_translation(indonesian, english):
    assert headings(indonesian) == headings(english), "levels of headings, from top to bottom"
    kinds = [[b.kind for b in found(text)] for text in (indonesian, english)]
    assert kinds[0] == kinds[1], "code blocks, from top to bottom"
    assert indonesian.splitlines() != english.splitlines(), "not translated"
    links = [[link[2].split("/")[-1] for link in LINK.finditer(t)] for t in (indonesian, english)]
    assert sorted(links[0]) == sorted(links[1]), "links"


@pytest.mark.parametrize("name", [path.stem for path in written("en")])
def test_a_page_names_the_same_clauses_in_both_languages(name):
    assert mentions(read("id", name)) == mentions(read("en", name))


def test_every_page_is_in_the_navigation_once():
    named = [name for _, names in navigation() for name in names]
    pages = [name for name in named if "/" not in name and not name.endswith(".md")]
    assert sorted(pages) == pages_of("en"), "a page is taken up by one line of docs/nav.toml"


def test_no_page_links_to_what_is_not_there():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]
    assert dead_links(pages) == []


def dead_links(pages):
    return [
        (page, target)
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]


def test_no_page_shows_a_picture_from_outside():
    for page in DOCS.rglob("*.md"):
        assert not re.search(r"!\[[^\]]*\]\(\w+://|<(img|script|iframe)\b", page.read_text("utf-8"))


def test_every_clause_is_explained_on_a_page():
    for lang in LANGUAGES:
        named = set().union(*(mentions(page.read_text("utf-8")) for page in written(lang)))
        assert set(clauses()) - named == set(), lang


def test_the_public_api_is_what_is_on_file():
    on_file = (DOCS / "api.txt").read_text("utf-8").splitlines()
    now = api_list().splitlines()
    gone = [line for line in on_file if line not in now]
    new = [line for line in now if line not in on_file]
    assert (gone, new) == ([], []), (
        "The public API has changed. If that is meant: run docs/generate.py, say it in the "
        "changelog, and keep to docs/en/versions.md."
    )


def test_every_public_name_says_what_it_is_for():
    assert undocumented() == []


def test_the_help_of_every_command_is_there_in_both_languages():
    from pst_adapters.cli.commands import pst
    from pst_adapters.cli.words import known, texts

    told = dict(texts(pst))
    lacking = [text for text, both in told.items() if not both]
    assert lacking == [], "one paragraph in each language, or an entry in cli/words.toml"
    assert known() - set(told) == set(), "entries of cli/words.toml for texts that are gone"
