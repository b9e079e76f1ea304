"""Bars as SVG, made here: readable without a script, and by a screen reader as a list of words."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup, escape

__all__ = ["bar", "stars"]


def bar(share: Fraction | None) -> Markup:
    """Return a bar that is ``share`` of its width long; the words stand beside it."""
    width = 0 if share is None else round(float(min(share, Fraction(1))) * 1000) / 10
    return Markup(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false"><rect class="track" width="100" height="10" rx="2"/>'
        f'<rect class="fill" width="{width}" height="10" rx="2"/></svg>'
    )


def stars(counts: list[tuple[str, int]], title: str) -> Markup:
    """Return a column chart of ``counts`` (label, number), titled for those who cannot see it."""
    most = max([n for _, n in counts] or [0]) or 1
    parts = []
    for place, (label, n) in enumerate(counts):
        x, height = 20 + place * 60, round(90 * n / most)
        parts.append(
            f'<rect class="fill" x="{x}" y="{110 - height}" width="40" height="{height}"/>'
            f'<text x="{x + 20}" y="{104 - height}">{n}</text>'
            f'<text x="{x + 20}" y="128">{escape(label)}</text>'
        )
    width = 20 + 60 * len(counts)
    return Markup(
        f'<svg class="columns" viewBox="0 0 {width} 136" role="img" aria-label="{escape(title)}">'
        f'<line class="axis" x1="10" y1="110" x2="{width - 10}" y2="110"/>{"".join(parts)}</svg>'
    )
