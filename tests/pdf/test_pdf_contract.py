"""Our renderer passes the contract that a third party's must pass; each planted fault fails it."""

import attrs
import pytest

from pst_adapters.pdf import TypstRenderer
from pst_core.refusal import BadInput
from pst_core.testing.contracts.renderer import RendererContract


def open_typst():
    return TypstRenderer()


class TestTypstRenderer(RendererContract):
    open_renderer = staticmethod(open_typst)


class Stamped(TypstRenderer):
    """Counts its papers, and the count gets into the bytes."""

    made = 0

    def render(self, paper):
        Stamped.made += 1
        return super().render(paper) + b"%% %d" % Stamped.made


class OneNameOnly(TypstRenderer):
    """Remembers a paper by its kind and gives an old one back."""

    def __init__(self):
        super().__init__()
        self._made = {}

    def render(self, paper):
        return self._made.setdefault(type(paper), super().render(paper))


class NoSums(TypstRenderer):
    def render(self, paper):
        if hasattr(paper, "lines"):
            paper = attrs.evolve(paper, lines=paper.lines[:1])
        return super().render(paper)


class InThousands(TypstRenderer):
    def render(self, paper):
        lines = tuple(attrs.evolve(x, amount=x.amount % 10**9) for x in paper.lines)
        return super().render(attrs.evolve(paper, lines=lines))


class TakesAnything(TypstRenderer):
    def render(self, paper):
        try:
            return super().render(paper)
        except BadInput:
            return b"%PDF-1.7"


class Html(TypstRenderer):
    def render(self, paper):  # noqa: ARG002
        return b"<html>"


C = RendererContract
FAULTS = [
    (Stamped, C.test_the_same_paper_gives_the_same_bytes, ()),
    (OneNameOnly, C.test_another_paper_gives_other_bytes, ({"number": "INV/2"},)),
    (NoSums, C.test_the_page_says_number_name_and_sum, ()),
    (InThousands, C.test_an_amount_on_the_page_is_the_papers, ()),
    (TakesAnything, C.test_what_is_no_paper_is_refused, ("text",)),
    (Html, C.test_every_paper_becomes_a_pdf, ("ticket",)),
]


@pytest.mark.parametrize(("faulty", "case", "args"), FAULTS, ids=[f[0].__name__ for f in FAULTS])
def test_a_faulty_renderer_fails_its_case(faulty, case, args):
    def run(cls):
        class Case(RendererContract):
            def open_renderer(self):
                return cls()

        case(Case(), cls(), *args)

    run(TypstRenderer)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(faulty)
