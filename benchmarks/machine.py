"""The machine that a run was made on, and what ran there."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests import postgres

__all__ = ["facts"]


def facts() -> dict[str, str]:
    """Return what is known of the machine, by what it is called."""
    found = {
        "cpu": _cpu(),
        "cores": str(os.cpu_count()),
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "postgresql": _postgres(),
        "load": " ".join(f"{n:.1f}" for n in os.getloadavg()) if hasattr(os, "getloadavg") else "",
    }
    return {key: value for key, value in found.items() if value}


def _cpu() -> str:
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    if sys.platform == "darwin":
        return _said("sysctl", "-n", "machdep.cpu.brand_string")
    return platform.processor() or platform.machine()


def _memory() -> str:
    path = Path("/proc/meminfo")
    if not path.exists():
        return ""
    kilobytes = int(path.read_text("utf-8").split("MemTotal:")[1].split()[0])
    return f"{kilobytes / 1024**2:.0f} GB"


def _postgres() -> str:
    binaries = postgres.find_binaries()
    return _said(str(binaries / "postgres"), "--version").split(") ")[-1] if binaries else ""


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
