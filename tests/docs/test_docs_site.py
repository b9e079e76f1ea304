"""What the checkers of the site and its pages find: each fault is put there and must be seen."""

import sys

import pytest
from tests.docs.pages import DOCS, HOW_TO_MARK, Block
from tests.docs.test_docs_code import check_marks, run
from tests.docs.test_docs_pages import check_translation, dead_links

sys.path.insert(0, str(DOCS))
from made import stage
from made.html import faults


@pytest.fixture
def site(tmp_path):
    """Give a site of two pages in which nothing is wrong, beside a file that is no part of it."""
    folder = tmp_path / "site"
    (folder / "en").mkdir(parents=True)
    (tmp_path / "outside.html").write_text("<h1>No part of the site</h1>")
    (folder / "en" / "pst.css").write_text("body { background: url('data:image/png;base64,AA') }")
    (folder / "en" / "other.html").write_text('<h1 id="here">Other</h1>')
    (folder / "en" / "index.html").write_text(
        '<link rel="stylesheet" href="pst.css"><a href="other.html#here">other</a>'
        '<a href="https://www.bps.go.id">a reader may leave by a link</a>'
    )
    assert faults(folder) == []
    return folder


OUTSIDE = {
    "script": '<script src="https://cdn.example.org/a.js"></script>',
    "script without scheme": '<script src="//cdn.example.org/a.js"></script>',
    "picture": '<img src="https://example.org/a.png">',
    "picture of many sizes": '<img srcset="https://example.org/a.png 2x">',
    "style sheet": '<link rel="stylesheet" href="https://fonts.example.org/css?family=Roboto">',
    "frame": '<iframe src="https://example.org/"></iframe>',
    "film": '<video src="https://example.org/a.mp4"></video>',
    "style of a tag": '<p style="background: url(https://example.org/a.png)">',
    "style of a page": "<style>@import url('https://example.org/a.css');</style>",
}


@pytest.mark.parametrize("tag", OUTSIDE.values(), ids=OUTSIDE)
def test_what_a_page_loads_from_another_host_is_found(site, tag):
    (site / "en" / "other.html").write_text(f'<h1 id="here">Other</h1>{tag}')
    (fault,) = faults(site)
    assert fault.startswith("en/other.html loads ")
    assert fault.endswith(" from outside")


@pytest.mark.parametrize(
    "rule",
    ['@import "https://example.org/a.css";', "body { background: url(//example.org/a.png) }"],
)
def test_what_a_style_sheet_loads_from_another_host_is_found(site, rule):
    (site / "en" / "pst.css").write_text(rule)
    (fault,) = faults(site)
    assert fault.startswith("en/pst.css loads ")


DEAD = {
    '<a href="gone.html">': "en/other.html links to gone.html, which is not there",
    '<a href="index.html#gone">': "en/other.html links to index.html#gone: no such heading",
    '<a href="#gone">': "en/other.html links to #gone: no such heading",
    '<a href="../../outside.html">': "links to ../../outside.html, which is no part of the site",
    '<img src="gone.png">': "en/other.html loads gone.png, which is not there",
    '<script src="../../outside.html"></script>': "loads ../../outside.html, which is not there",
}


@pytest.mark.parametrize("tag", DEAD)
def test_a_dead_link_is_found(site, tag):
    (site / "en" / "other.html").write_text(f'<h1 id="here">Other</h1>{tag}')
    (fault,) = faults(site)
    assert DEAD[tag] in fault


def test_a_dead_link_of_a_written_page_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[there](page.md) [`as code`](gone.md) [away](https://example.org/gone)")
    assert dead_links([page]) == [(page, "gone.md")]


def test_a_link_whose_words_are_code_leads_into_the_site():
    source = DOCS / "en" / "office.md"
    assert "[`examples/offices/8199.toml`](../../examples/offices/8199.toml)" in source.read_text()


def test_every_link_out_of_the_pages_is_brought_along(tmp_path):
    stage.stage("en", tmp_path, {"reference/pst_core.md": "# pst_core"})
    page = (tmp_path / "office.md").read_text("utf-8")
    assert "[`examples/offices/8199.toml`](files/examples/offices/8199.toml.md)" in page
    assert (tmp_path / "files/examples/offices/8199.toml.md").is_file()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# t\n\n```\nprint(1)\n```\n", "names its language"),
        ("# t\n\n```ruby\nputs 1\n```\n", "page.md:3"),
        ("# t\n\n<!-- not run: later -->\n```python\nprint(1)\n```\n", "a reason"),
    ],
)
def test_a_block_that_would_not_be_run_is_found(tmp_path, monkeypatch, text, says):
    monkeypatch.setattr("tests.docs.pages.DOCS", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(AssertionError, match=says):
        check_marks(page)


@pytest.mark.parametrize(
    ("kind", "code", "error"),
    [
        ("python", "no_such_name\n", NameError),
        ("python", "1 + 1  # -> 3\n", AssertionError),
        ("toml", "a = \n", ValueError),
        ("json", "{\n", ValueError),
        ("sh", "pst due tomorrow\n", AssertionError),
        ("sh", "curl https://example.org\n", AssertionError),
    ],
)
def test_code_that_fails_fails_with_its_place_and_how_to_mark_it(kind, code, error):
    block = Block(DOCS / "en" / "page.md", 7, kind, code, "")
    with pytest.raises(error) as caught:
        run(block, {})
    assert caught.value.__notes__ == [f"docs/en/page.md:7: {HOW_TO_MARK}"]


PAGE = "# Tajuk\n\nKata.\n\n```sh\npst\n```\n\n[x](a.md)\n"
SAME = "# Title\n\nWords.\n\n```sh\npst\n```\n\n[y](a.md)\n"


@pytest.mark.parametrize(
    ("indonesian", "english", "says"),
    [
        (PAGE, PAGE, "not translated"),
        (PAGE, SAME + "\n## More\n", "levels of headings"),
        (PAGE, SAME.replace("```sh\npst\n```", ""), "code blocks"),
        (PAGE, SAME.replace("a.md", "b.md"), "links"),
    ],
)
def test_a_page_that_is_not_translated_is_found(indonesian, english, says):
    check_translation(PAGE, SAME)
    with pytest.raises(AssertionError, match=says):
        check_translation(indonesian, english)


def test_a_page_of_one_language_is_found(tmp_path, monkeypatch):
    for lang in ("id", "en"):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "index.md").write_text("# x")
    monkeypatch.setattr(stage, "DOCS", tmp_path)
    (tmp_path / "id" / "baru.md").write_text("# x")
    assert set(stage.pages_of("id")) ^ set(stage.pages_of("en")) == {"baru"}
