"""Build the site in both languages into ``site/``; any warning, dead link or outside file fails.

``pip install -e '.[docs]'``, then ``python docs/build_site.py``. Open ``site/index.html`` as a
file or put the folder on any web server. The diagrams are drawn in the browser by mermaid, whose
one file is fetched from npm when the site is built and becomes part of it, as is the search's.

MkDocs with its Material theme builds the same two trees: ``python docs/build_site.py MKDOCS``, the
program ``mkdocs`` of an environment that has ``mkdocs-material``. What it built is checked alike.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from made.html import faults  # noqa: E402
from made.reference import reference_pages  # noqa: E402
from made.stage import stage  # noqa: E402

from pst_core.text import Lang  # noqa: E402

BUILD = ROOT / "build" / "docs"
SITE = ROOT / "site"
LANGUAGES: tuple[Lang, ...] = ("id", "en")
NAMES = {"id": "Bahasa Indonesia", "en": "English"}
VENDORED = (
    (
        "mermaid",
        "11.17.2",
        "package/dist/mermaid.min.js",
        "581ed7d74bd9048d0e3a91363927d72ef22942d7722546b27f7cc29e35390eb8",
    ),
    (
        "iframe-worker",
        "1.0.4",
        "package/shim/index.js",
        "e8e412dbcfea9b7e31b5ffa288d7b6035915e714c542f4176a0cdbe262fc9609",
    ),
)
"""What becomes part of the site from npm, both MIT: package, version, its file, its SHA-256.
Mermaid draws the diagrams, and the other makes the search work in pages opened as files."""

FENCE = "pymdownx.superfences.fence_code_format"
DESCRIPTION = {
    "id": "Layanan statistik berbayar BPS sebagai pustaka Python",
    "en": "The paid statistical services of BPS as a Python library",
}
WELCOME = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>pst-core</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>body{font:1.2rem sans-serif;margin:20vh auto;max-width:20rem;text-align:center}
a{display:block;margin:1rem;padding:1rem;border:1px solid;border-radius:.5rem}</style></head>
<body><h1>pst-core</h1><a href="id/index.html" lang="id" hreflang="id">Bahasa Indonesia</a>
<a href="en/index.html" lang="en" hreflang="en">English</a></body></html>
"""


def vendored(package: str, version: str, member: str, digest: str) -> Path:
    """Return one file of a package on npm, fetched once a clone."""
    path = ROOT / "build" / f"{package}-{version}.js"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        subprocess.run(
            ["npm", "pack", "--silent", f"{package}@{version}", "--pack-destination", "build"],
            cwd=ROOT, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        packed = path.with_name(f"{package}-{version}.tgz")
        with tarfile.open(packed) as archive:
            found = archive.extractfile(member)
            path.write_bytes(found.read() if found else b"")
        packed.unlink()
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        sys.exit(f"{path.relative_to(ROOT)} is not {package} {version} as we know it; delete it")
    return path


def settings(lang: Lang, entries: list[object]) -> dict[str, object]:
    """Return the settings of one language, as MkDocs and Zensical read them."""
    return {
        "site_name": "pst-core",
        "site_description": DESCRIPTION[lang],
        "docs_dir": "pages",
        "site_dir": "built",
        "nav": entries,
        "use_directory_urls": False,
        "plugins": ["search", "offline"],
        "theme": {
            "name": "material",
            "language": lang,
            "font": False,
            "custom_dir": str(ROOT / "docs/theme"),
            "icon": {"logo": "material/bank"},
            "features": ["navigation.footer", "navigation.top", "content.code.copy"],
            "palette": [
                {
                    "media": "(prefers-color-scheme: light)",
                    "scheme": "default",
                    "toggle": {"icon": "material/weather-sunny", "name": ""},
                },
                {
                    "media": "(prefers-color-scheme: dark)",
                    "scheme": "slate",
                    "toggle": {"icon": "material/weather-night", "name": ""},
                },
            ],
        },
        "extra": {
            "generator": False,
            "homepage": "index.html",
            "polyfills": ["assets/iframe-worker.js"],
            "alternate": [
                {"name": NAMES[each], "link": f"../{each}/index.html", "lang": each}
                for each in LANGUAGES
            ],
        },
        "markdown_extensions": {
            "tables": {},
            "toc": {"permalink": True},
            "attr_list": {},
            "md_in_html": {},
            "admonition": {},
            "pymdownx.highlight": {},
            "pymdownx.superfences": {
                "custom_fences": [
                    {
                        "name": "mermaid",
                        "class": "mermaid",
                        "format": FENCE,
                    }
                ]
            },
        },
    }


def build(lang: Lang, builder: list[str]) -> str:
    """Build one language; return what the builder said if it failed.

    Each has a folder of its own: a builder keeps its cache beside its settings and removes it
    first, so two builders in one folder would take each other's away.
    """
    home = BUILD / lang
    entries = stage(lang, home / "pages", reference_pages(lang))
    config = home / "mkdocs.yml"
    # JSON is YAML, too, but for a function, which has a mark of its own
    text = json.dumps(settings(lang, entries), ensure_ascii=False, indent=1)
    config.write_text(text.replace(f'"{FENCE}"', f"!!python/name:{FENCE} "), "utf-8")
    done = subprocess.run(
        [*builder, "build", "--strict", "--clean", "-f", str(config)],
        capture_output=True, text=True, check=False, cwd=home,
        env=os.environ | {"NO_COLOR": "1"},
    )  # fmt: skip
    if done.returncode:
        return f"[{lang}] {done.stdout}{done.stderr}"
    return ""


def main(words: list[str]) -> int:
    """Build both languages and check what was built."""
    if len(words) > 1:
        print(__doc__)
        return 2
    builder = words or [sys.executable, "-m", "zensical"]
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.rmtree(BUILD, ignore_errors=True)
    files = {f"{part[0]}.js": vendored(*part) for part in VENDORED}
    with ThreadPoolExecutor() as pool:
        said = "".join(pool.map(lambda lang: build(lang, builder), LANGUAGES))
    if said:
        print(said)
        return 1
    for lang in LANGUAGES:
        shutil.copytree(BUILD / lang / "built", SITE / lang)
        for name, path in files.items():
            shutil.copyfile(path, SITE / lang / "assets" / name)
    (SITE / "index.html").write_text(WELCOME, "utf-8")
    found = faults(SITE)
    print("\n".join(found) or f"built {sum(1 for _ in SITE.rglob('*.html'))} pages in site/")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
