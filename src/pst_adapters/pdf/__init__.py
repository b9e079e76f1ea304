"""Papers as PDF, by typst: PDF/A-3a and PDF/UA-1, the same paper giving the same bytes.

What stands on a paper is decided in ``pst_core.documents``; how it looks, in ``templates/*.typ``,
which an office may replace file by file.
"""

from .renderer import TypstRenderer, quote_paper, render_quote

__all__ = ["TypstRenderer", "quote_paper", "render_quote"]
