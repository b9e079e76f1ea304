"""What a release is made of: licences looked at, known weaknesses asked for, a bill of materials.

``python .ci/security.py`` needs the extra ``dev``. The licences and the bill need no network; where
no advisory service can be reached, that is said, and nothing is claimed. ``PST_AUDIT=required``
makes that a failure, for the machine that publishes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from release import IMPORTS  # the extras are named there, once

EXTRAS = ",".join(IMPORTS)
"""All that people install to run a service, or beside one; not what tests and lint need."""

ALLOWED = re.compile(
    r"MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|zlib|HPND"
    r"|CC0|LGPL|Lesser",
    re.I,
)
"""Free to be used by a service of any licence. LGPL (psycopg): used as it is, not changed."""
REFUSED = re.compile(r"\bAGPL|Affero|(?<!Lesser )\bGPL|(?<!Lesser )General Public|SSPL|BUSL", re.I)


def parts() -> dict[str, metadata.Distribution]:
    """Return what is installed of ours and of all that it asks for, by name."""
    found: dict[str, metadata.Distribution] = {}
    asked = [Requirement(f"pst-core[{EXTRAS}]")]
    seen: set[tuple[str, str]] = set()
    while asked:
        wanted = asked.pop()
        name = canonicalize_name(wanted.name)
        try:
            dist = found.setdefault(name, metadata.distribution(name))
        except metadata.PackageNotFoundError:
            print(f"not installed here, so not looked at: {name}")
            continue
        for extra in ("", *wanted.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for line in dist.requires or ():
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    asked.append(needed)
    return found


def licence(dist: metadata.Distribution) -> str:
    """Return the licence that a package names: its expression, its classifiers, its words."""
    fields = dist.metadata
    classifiers = [
        c.rpartition(" :: ")[2] for c in fields.get_all("Classifier", []) if c.startswith("License")
    ]
    text = fields.get("License-Expression") or "; ".join(classifiers) or fields.get("License") or ""
    return text.splitlines()[0][:80] if text else "?"


def may_be(named: str) -> bool:
    """Return whether a package of this licence may go with ours; of several one may choose."""
    choices = re.split(r"\s+OR\s+|;", named)
    return any(ALLOWED.search(c) and not REFUSED.search(c.replace("LGPL", "")) for c in choices)


def licences(found: dict[str, metadata.Distribution]) -> bool:
    """Print the licences that may not be, and return whether there is none."""
    bad = [
        f"{name} {dist.version}: {licence(dist)}"
        for name, dist in sorted(found.items())
        if not may_be(licence(dist))
    ]
    print(f"licences: {len(found)} packages, {len(bad)} that may not be")
    for line in bad:
        print(f"  {line}")
    return not bad


def bill(found: dict[str, metadata.Distribution], to: Path) -> None:
    """Write the bill of materials (CycloneDX, JSON) of ``found``."""
    made = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible",
         "--no-validate", "--spec-version", "1.6", "--pyproject", "pyproject.toml", sys.executable],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    whole = json.loads(made.stdout)
    whole["components"] = [c for c in whole["components"] if canonicalize_name(c["name"]) in found]
    refs = {c["bom-ref"] for c in whole["components"]}
    refs.add(whole["metadata"]["component"]["bom-ref"])
    whole["dependencies"] = [
        {**d, "dependsOn": [ref for ref in d.get("dependsOn", ()) if ref in refs]}
        for d in whole.get("dependencies", ())
        if d["ref"] in refs
    ]
    to.parent.mkdir(exist_ok=True)
    to.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
    print(f"bill of materials: {to} ({len(whole['components'])} components)")


def weaknesses(found: dict[str, metadata.Distribution]) -> bool:
    """Ask the advisory service of the package index; return whether the release may go on."""
    pinned = [f"{n}=={d.version}" for n, d in sorted(found.items()) if n != "pst-core"]
    # one first: where nobody answers, sixty more would wait for nothing
    known = answers(pinned[:1]) and answers(pinned)
    weak = [(a["name"], a["version"], [v["id"] for v in a["vulns"]]) for a in known if a["vulns"]]
    for name, version, ids in weak:
        print(f"  {name} {version}: {', '.join(ids)}")
    if not known:
        print("weaknesses: NOT asked for: no advisory service could be reached from here")
        return os.environ.get("PST_AUDIT") != "required"
    print(f"weaknesses: {len(known)} of {len(pinned)} packages asked for, {len(weak)} with any")
    return not weak


def answers(pinned: list[str]) -> list[Any]:
    """Return what the service says of each package that it knows."""
    listed = Path("dist/requirements.txt")
    listed.write_text("\n".join(pinned), "utf-8")
    asked = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", listed, "--no-deps", "--disable-pip",
         "--format", "json", "--progress-spinner", "off", "--timeout", "15"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    listed.unlink()
    try:
        said = json.loads(asked.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        return []
    return [one for one in said if "vulns" in one]


def main() -> int:
    """Do all three and return 1 if a release must not go out."""
    found = parts()
    version = found["pst-core"].version
    sound = licences(found)
    bill(found, Path(f"dist/pst-core-{version}.cdx.json"))
    return 0 if weaknesses(found) and sound else 1


if __name__ == "__main__":
    sys.exit(main())
