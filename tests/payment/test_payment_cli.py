"""``pst treasury-sim`` and ``pst work --gateway`` in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
import stamina.instrumentation
from tests.payment.offices import accepted, bill_of

from pst_adapters.cli import main
from pst_adapters.payment import HttpGateway
from pst_adapters.sql import SqlStore
from pst_core.desk import Desk
from pst_core.desk.ports import BillStatus
from pst_core.lawdata import shipped
from pst_core.office import Office
from pst_core.testing.contracts.payment import order

TOKEN = "kunci gerbang"


def simulator(folder, *more):
    process = subprocess.Popen(
        [sys.executable, "-c", "from pst_adapters.cli import main; main()", "treasury-sim",
         "--port", "0", "--json",
         "--state", str(folder / "state.jsonl"), *more],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PST_GATEWAY_TOKEN": TOKEN},
    )  # fmt: skip
    return process, json.loads(process.stdout.readline())["url"]


def stop(process):
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0
    process.stdout.close()


@pytest.mark.slow
def test_the_simulator_makes_bills_that_people_pay_on_its_page_and_outlives_itself(tmp_path):
    process, url = simulator(tmp_path, "--seed", "4")
    try:
        with HttpGateway(url, TOKEN) as gateway:
            bill = gateway.create(order())
            page = httpx.get(url).text
            assert bill.code in page
            assert "Bayar" in page
            paid = httpx.post(f"{url}/bills/{bill.code}/pay", data={"amount": ""})
            assert (paid.status_code, paid.headers["location"]) == (303, "/")
            again = httpx.post(f"{url}/bills/{bill.code}/pay", data={"amount": ""})
            assert again.status_code == 409
            found = gateway.state(bill.code)
            assert found.payment.ntpn in httpx.get(url).text
    finally:
        stop(process)
    process, url = simulator(tmp_path, "--seed", "4")
    try:
        with HttpGateway(url, TOKEN) as gateway:
            assert gateway.state(bill.code) == found
            assert gateway.state("820261124000000").status is BillStatus.UNKNOWN
        assert httpx.get(f"{url}/bills").status_code == 401
        assert httpx.post(f"{url}/bills/{bill.code}/pay", content=b"x" * 70_000).status_code == 413
        assert httpx.post(f"{url}/nowhere").status_code == 404
    finally:
        stop(process)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--faults", "slow,fast"], "fast"),
        (["--notify", "http://127.0.0.1:1/"], "PST_TREASURY_SECRET"),
        (["--timezone", "Mars/Olympus"], "Mars/Olympus"),
    ],
)
def test_the_simulator_says_what_is_wrong_with_its_line(words, says, capsys, tmp_path):
    assert main(["treasury-sim", "--state", str(tmp_path / "s"), "--lang", "en", *words]) == 1
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_S16_work_orders_the_bills_of_an_office_that_has_a_gateway(tmp_path, capsys, monkeypatch):
    profile = tmp_path / "office.toml"
    text = shipped("offices", "3317.toml").read_text("utf-8")
    profile.write_text(text + '\n[treasury]\ngateway = "http"\n', "utf-8")
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        stream = accepted(Desk(Office.load(str(profile)), store))
    words = ["work", "--db", f"{tmp_path}/pst.db", "--office", str(profile), "--once", "--json",
             "--mail", f"{tmp_path}/mails", "--files", f"{tmp_path}/blobs"]  # fmt: skip
    monkeypatch.delenv("PST_GATEWAY_URL", raising=False)
    assert main(words) == 1
    assert "--gateway" in capsys.readouterr().err
    monkeypatch.setenv("PST_GATEWAY_TOKEN", TOKEN)
    process, url = simulator(tmp_path)
    try:
        assert main([*words, "--gateway", url]) == 0
        assert stamina.instrumentation.get_on_retry_hooks() == (), "a retry prints no bare line"
    finally:
        stop(process)
    with SqlStore(f"sqlite:///{tmp_path}/pst.db") as store:
        assert bill_of(Desk(Office.load(str(profile)), store), stream).code.startswith("8")
