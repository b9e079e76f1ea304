"""The page of OWASP ASVS, from ``docs/asvs.toml``."""

from __future__ import annotations

import tomllib

from pst_core.text import Lang

from .trace import NOTICE, ROOT


def asvs_page(lang: Lang) -> str:
    """Return the page that answers OWASP ASVS, from ``docs/asvs.toml``; each test must be there."""
    indonesian = lang == "id"
    lines = [
        NOTICE.replace("the code; edit the code", "docs/asvs.toml; edit that"),
        "# OWASP ASVS 5.0\n",
        "Butir yang dapat dijawab sebuah pustaka: masuk (login), sesi, TLS dan peramban adalah "
        "urusan aplikasi.\n"
        if indonesian
        else "The clauses that a library can answer for: sign-in, sessions, TLS and browsers are "
        "the host's.\n",
        "| butir (tingkat) | diminta | jawaban kami | uji |"
        if indonesian
        else "| clause (level) | asks | our answer | test |",
        "|---|---|---|---|",
    ]
    for row in tomllib.loads((ROOT / "docs/asvs.toml").read_text("utf-8"))["clauses"]:
        for test in row["tests"]:
            path, _, name = test.partition("::")
            if f"def {name}" not in (ROOT / path).read_text("utf-8"):
                raise SystemExit(f"docs/asvs.toml: {row['id']}: there is no {test}")
        tests = "<br>".join(f"`{test}`" for test in row["tests"])
        cells = (f"{row['id']} ({row['level']})", row["asks"][lang], row["answer"][lang], tests)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
