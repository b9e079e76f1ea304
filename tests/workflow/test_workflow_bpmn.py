"""The table as BPMN 2.0 and as words: everything in it, nothing twice, and other tools read it."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import attrs
import defusedxml.ElementTree
import pytest
from hypothesis import given
from tests.workflow.test_workflow_any_table import tables
from tests.workflow.test_workflow_engine import ASK, BACK, LEND, LENT, PAY, RETURN, VET, library

from pst_core.office import Office, offices
from pst_core.request import PROCEDURE
from pst_core.wire import procedures, procedures_of
from pst_core.workflow import Role

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DOCS = Path(__file__).resolve().parents[2] / "docs"
ALL = pytest.mark.parametrize("procedure", procedures().values(), ids=lambda p: p.name)

parsed = defusedxml.ElementTree.fromstring


@ALL
@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_row_is_a_task_in_the_lane_of_its_role(procedure, lang):
    process = parsed(procedure.to_bpmn(lang)).find(f"{BPMN}process")
    tasks = {t.get("id"): t for kind in ("userTask", "serviceTask")
             for t in process.iter(f"{BPMN}{kind}")}  # fmt: skip
    assert len(tasks) == len(procedure.steps)
    lanes = {
        ref.text: lane.get("name")
        for lane in process.iter(f"{BPMN}lane")
        for ref in lane.iter(f"{BPMN}flowNodeRef")
    }
    for n, step in enumerate(procedure.steps):
        task = tasks[f"row-{n}"]
        assert task.get("name") == f"{step.clause} {step.title.say(lang)}"
        assert (task.tag == f"{BPMN}serviceTask") == (step.role is Role.SYSTEM)
        lane = lanes.get(f"row-{n}") or lanes[f"beside-{n}"]
        assert lane == step.role.text.say(lang)
    ends = [e.get("name") for e in process.findall(f"{BPMN}endEvent")]
    assert sorted(ends) == sorted(end.text.say(lang) for end in procedure.ends)


def test_what_can_be_done_after_the_end_stands_beside_the_flow():
    rate = attrs.evolve(PAY, clause="C6", at=(BACK,), unless=(), requires=(), gives=())
    process = parsed(library(ASK, PAY, VET, LEND, RETURN, rate).to_bpmn()).find(f"{BPMN}process")
    (beside,) = process.findall(f"{BPMN}subProcess")
    assert beside.find(f"{BPMN}userTask").get("id") == "row-5"
    assert {g.get("id") for g in process.findall(f"{BPMN}exclusiveGateway")} == {
        "at-ASKED", "at-LENT",
    }  # fmt: skip


def test_an_end_that_can_be_gone_on_from_has_a_gateway_before_it():
    renew = attrs.evolve(RETURN, clause="C6", at=(BACK,), to=LENT)
    process = parsed(library(ASK, PAY, VET, LEND, RETURN, renew).to_bpmn()).find(f"{BPMN}process")
    ways = {(f.get("sourceRef"), f.get("targetRef")) for f in process.iter(f"{BPMN}sequenceFlow")}
    assert {("row-4", "at-BACK"), ("at-BACK", "end-BACK"), ("at-BACK", "row-5")} <= ways
    assert ("row-4", "end-BACK") not in ways


@ALL
def test_flows_hang_together_and_gateways_stand_where_rows_part(procedure):
    process = parsed(procedure.to_bpmn()).find(f"{BPMN}process")
    flows = {f.get("id"): f for f in process.iter(f"{BPMN}sequenceFlow")}
    ids = [e.get("id") for e in process.iter() if e.get("id")]
    assert max(Counter(ids).values()) == 1
    leaving, coming = Counter(), Counter()
    for flow in flows.values():
        assert {flow.get("sourceRef"), flow.get("targetRef")} <= set(ids)
        leaving[flow.get("sourceRef")] += 1
        coming[flow.get("targetRef")] += 1
    for node in process.iter():
        assert len(node.findall(f"{BPMN}outgoing")) in (0, leaving[node.get("id")])
        assert len(node.findall(f"{BPMN}incoming")) in (0, coming[node.get("id")])
    parting = {node for node, n in leaving.items() if n > 1}
    gateways = {g.get("id") for g in process.iter(f"{BPMN}exclusiveGateway")}
    assert parting <= gateways
    assert all(coming[g] and leaving[g] for g in gateways)


def laid_out(procedure):
    """Return the rectangle of each element by its id, and the points of each arrow by its ends."""
    root = parsed(procedure.to_bpmn())
    boxes = {
        s.get("bpmnElement"): tuple(
            float(s.find(f"{DC}Bounds").get(k)) for k in ("x", "y", "width", "height")
        )
        for s in root.iter(f"{DI}BPMNShape")
    }
    drawn = {
        e.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in e]
        for e in root.iter(f"{DI}BPMNEdge")
    }
    flows = {f.get("id"): f for f in root.iter(f"{BPMN}sequenceFlow")}
    assert drawn.keys() == flows.keys()
    arrows = [(f.get("sourceRef"), f.get("targetRef"), drawn[n]) for n, f in flows.items()]
    return root, boxes, arrows


def nodes_of(root):
    kinds = ("userTask", "serviceTask", "exclusiveGateway", "startEvent", "endEvent")
    return [e.get("id") for kind in kinds for e in root.iter(f"{BPMN}{kind}")]


def lies_in(inner, outer):
    (x, y, w, h), (ox, oy, ow, oh) = inner, outer
    return ox <= x and oy <= y and x + w <= ox + ow and y + h <= oy + oh


def lies_on(one, other):
    (x, y, w, h), (ox, oy, ow, oh) = one, other
    return x < ox + ow and ox < x + w and y < oy + oh and oy < y + h


def lies_at_the_edge(point, box):
    return lies_in((*point, 0, 0), box) and not lies_on((*point, 0, 0), box)


def pieces(points):
    for (x, y), (nx, ny) in pairwise(points):
        yield min(x, nx), min(y, ny), abs(nx - x), abs(ny - y)


def well_laid_out(procedure):
    root, boxes, arrows = laid_out(procedure)
    nodes = nodes_of(root)
    for n, node in enumerate(nodes):
        assert not any(lies_on(boxes[node], boxes[other]) for other in nodes[:n])
    lanes = list(root.iter(f"{BPMN}lane"))
    for n, lane in enumerate(lanes):
        own = boxes[lane.get("id")]
        assert lies_in(own, boxes["pool"])
        assert not any(lies_on(own, boxes[other.get("id")]) for other in lanes[:n])
        for ref in lane.iter(f"{BPMN}flowNodeRef"):
            assert lies_in(boxes[ref.text], own)
    for beside in root.iter(f"{BPMN}subProcess"):
        for node in nodes_of(beside):
            assert lies_in(boxes[node], boxes[beside.get("id")])
    for source, target, points in arrows:
        assert lies_at_the_edge(points[0], boxes[source])
        assert lies_at_the_edge(points[-1], boxes[target])
        for piece in pieces(points):
            assert 0 in piece[2:], "straight across or straight down"
            assert lies_in(piece, boxes["pool"])


@ALL
def test_everything_has_its_place_in_the_diagram_and_no_arrow_runs_through_a_task(procedure):
    well_laid_out(procedure)
    root, boxes, arrows = laid_out(procedure)
    for _, _, points in arrows:
        for piece in pieces(points):
            assert not any(lies_on(piece, boxes[node]) for node in nodes_of(root))


@given(tables())
def test_any_table_is_well_laid_out(table):
    well_laid_out(table)


@ALL
@pytest.mark.filterwarnings("ignore")
def test_pm4py_imports_it_and_makes_a_net_of_it(procedure, tmp_path):
    pm4py = pytest.importorskip("pm4py", reason="pm4py (AGPL, large) is not here: extra 'oracle'")
    file = tmp_path / "p.bpmn"
    file.write_text(procedure.to_bpmn("en"), "utf-8")
    graph = pm4py.read_bpmn(str(file))
    names = {node.get_name() for node in graph.get_nodes()}
    assert {f"{s.clause} {s.title.en}" for s in procedure.steps} <= names
    net, start, end = pm4py.convert_to_petri_net(graph)
    assert start
    assert end
    assert len(net.transitions) >= len(procedure.steps) / 2


def test_who_may_do_what_is_what_the_table_decides():
    rows = PROCEDURE.permissions().data("en")
    assert len(rows) == len(PROCEDURE.steps)
    for row, step in zip(rows, PROCEDURE.steps, strict=True):
        for phase in PROCEDURE.phases:
            if phase in row:
                may = {r for r in Role if r.text.en in row[phase].split(", ")}
                assert may == (set(step.roles) if phase in step.at else set())


def test_the_list_of_mails_has_one_line_for_each_that_is_told():
    rows = PROCEDURE.mails().data("id")
    assert len(rows) == sum(len(s.tells) for s in PROCEDURE.steps)
    offer = [r for r in rows if r["clause"] == "S13"]
    assert offer == [{
        "clause": "S13", "by": "petugas", "to": "pengguna layanan",
        "title": "Membuat dan mengirimkan invoice, contoh data dan dokumen perjanjian",
        "papers": "tagihan, surat perjanjian penggunaan data", "only_for": "",
    }]  # fmt: skip
    assert "| S13 |" in PROCEDURE.mails().to_markdown("en")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_published_pictures_and_tables_are_what_the_rows_say(lang):
    """Somebody looked at them before they were published; what draws them draws them so again."""
    shown = {
        page: (DOCS / lang / f"{page}.md").read_text("utf-8") for page in ("procedure", "people")
    }
    for name, procedure in procedures_of(Office.load("3317")).items():
        drawn = (DOCS / "bpmn" / f"{name}.{lang}.bpmn").read_text("utf-8")
        assert procedure.to_bpmn(lang) == drawn
        assert procedure.step_table().to_markdown(lang) in shown["procedure"]
        for grid in (procedure.permissions(), procedure.mails()):
            assert not grid.rows or grid.to_markdown(lang) in shown["people"]
    for office in map(Office.load, offices()):
        drawn = procedures_of(office)["request"].to_mermaid(lang)
        assert f"```mermaid\n{drawn}```" in shown["procedure"]
