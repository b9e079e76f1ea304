"""The portal's OpenAPI description, tried by schemathesis as everybody and as each role."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys

import pytest
from tests.portal.serving import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("schemathesis") is None,
        reason="no schemathesis: pip install '.[browser]'",
    ),
]


def test_no_call_that_the_description_allows_is_a_server_error(tmp_path):
    with served(tmp_path) as portal:
        siti = portal.visit().enter(email="siti@example.org", name="Siti")
        stream = siti.open("kecamatan")
        # known values where a made-up one would only be told that it is not there
        acts = json.dumps(["AcceptTerms", "HandInDocument", "SendOffer", "TakeCash", "call"])
        known = f'[parameters]\n"path.stream" = "{stream}"\n"path.name" = {acts}\n'
        (tmp_path / "schemathesis.toml").write_text(known)
        sessions = [siti, *(portal.visit().enter(desk=d) for d in ("officer", "treasurer"))]
        for visit in sessions:
            visit.get("/")
            cookies = "; ".join(f"{c.name}={c.value}" for c in visit.client.cookies.jar)
            token = visit.client.cookies["csrftoken"]
            run = subprocess.run(
                [sys.executable, "-m", "schemathesis.cli", "run",
                 f"{portal.url}/schema/openapi.json", "--checks", "not_a_server_error",
                 "--max-examples", "10", "--seed", "20261124", "--phases", "fuzzing",
                 "-H", f"Cookie: {cookies}",
                 "-H", f"x-csrftoken: {token}", "--output-sanitize", "false"],
                capture_output=True, text=True, check=False, cwd=tmp_path, timeout=280,
            )  # fmt: skip
            assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-1000:]
            tried = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
            assert tried, run.stdout[-2000:]
            assert int(tried[1]) == int(tried[2]) > 60
        assert portal.house.desk.state(stream).version >= 1
