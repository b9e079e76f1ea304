"""A procedure as BPMN 2.0 XML with its diagram, drawn from its rows; BPMN tools open it.

A lane a role, a task a row, an exclusive gateway a phase in which rows part or meet, an end event
an ending. Rows that can be done in several phases and leave the case where it is stand in event
sub-processes beside the flow. Where things stand is computed simply; a tool may lay them out anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import attrs

from ..text import Lang, Text
from .step import Phase, Role, Step

if TYPE_CHECKING:
    from .procedure import Procedure

__all__ = ["to_bpmn"]

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"

_TASK, _GATE, _EVENT = (170, 80), (50, 50), (36, 36)
_ROW = 124
"""Height of a row of tasks in a lane, with the room for arrows between two."""
_GAP = 70
_DOOR = 120
"""Room that a phase's gateway takes, with the gap behind it."""
_PER_COLUMN = 4
_LABEL = 30
_TRACK = 14
"""Room that an arrow takes which runs above the lanes to a phase farther off."""

_ANYTIME = Text(id="Sewaktu-waktu", en="At any time")
_RECTANGLE = tuple[float, float, float, float]


@attrs.frozen
class _Node:
    """Something that stands in the flow. ``column`` is that of its phase, or of the ends."""

    id: str
    tag: str
    name: str
    role: Role
    column: int


@attrs.frozen
class _Flow:
    id: str
    source: str
    target: str
    only: str = ""
    """For which cases, in words."""


def to_bpmn(procedure: Procedure, lang: Lang = "id") -> str:
    """Return ``procedure`` as BPMN 2.0 XML, with names in ``lang``."""
    plan = _Plan(procedure, lang)
    for prefix, uri in (("bpmn", _BPMN), ("bpmndi", _DI), ("dc", _DC), ("di", _DD), ("xsi", _XSI)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(
        f"{{{_BPMN}}}definitions",
        {"id": f"pst-{procedure.name}", "targetNamespace": "https://pst-core/bpmn"},
    )
    _collaboration(root, procedure, lang)
    _process(root, plan)
    _diagram(root, plan)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


# -- what there is --------------------------------------------------------------------------------


class _Plan:
    """The nodes and flows of a procedure, and the rows that stand beside the flow."""

    def __init__(self, procedure: Procedure, lang: Lang) -> None:
        self.procedure, self.lang = procedure, lang
        self.nodes: dict[str, _Node] = {}
        self.flows: list[_Flow] = []
        beside = [
            (n, s) for n, s in enumerate(procedure.steps)
            if s.to is None and (len(s.at) > 1 or set(s.at) <= set(procedure.ends))
        ]  # fmt: skip
        self.beside = tuple(beside)
        self.inside = tuple((n, s) for n, s in enumerate(procedure.steps) if (n, s) not in beside)
        # an end that can be gone on from has a gateway before its end event
        self.final = tuple(e for e in procedure.ends
                           if not any(e in s.at for _, s in self.inside))  # fmt: skip
        self.columns = {p: n for n, p in enumerate(p for p in procedure.phases
                                                   if p not in self.final)}  # fmt: skip
        self.parted = False
        self.roles = tuple(r for r in Role if any(s.role is r for s in procedure.steps))
        self._add_nodes()
        self._add_flows()

    def _add_nodes(self) -> None:
        for phase, column in self.columns.items():
            leaving = [s for _, s in self.inside if phase in s.at]
            role = next((s.role for s in leaving if not s.aside), self.roles[0])
            self._add(self._door(phase), role, column)
            if phase == self.procedure.start and len(leaving) > 1:
                # an event parts nothing: a gateway stands behind it
                self._add(("at-start", "exclusiveGateway", ""), role, column)
                self.parted = True
        last = len(self.columns)
        for number, step in self.inside:
            tag = "serviceTask" if step.role is Role.SYSTEM else "userTask"
            first, *others = step.at
            column = last if others else self.columns[first]
            name = f"{step.cited.say(self.lang)} {step.title.say(self.lang)}"
            self.nodes[f"row-{number}"] = _Node(f"row-{number}", tag, name, step.role, column)
        for end in self.procedure.ends:
            leading = [s.role for _, s in self.inside if s.to == end]
            role = leading[0] if leading else self.roles[0]
            name = end.text.say(self.lang)
            self.nodes[f"end-{end}"] = _Node(f"end-{end}", "endEvent", name, role, last + 1)

    def _add(self, door: tuple[str, str, str], role: Role, column: int) -> None:
        key, tag, name = door
        self.nodes[key] = _Node(key, tag, name, role, column)

    def _door(self, phase: Phase) -> tuple[str, str, str]:
        if phase == self.procedure.start:
            return "start", "startEvent", ""
        return f"at-{phase}", "exclusiveGateway", phase.text.say(self.lang)

    def _place(self, phase: Phase) -> str:
        return f"end-{phase}" if phase in self.final else self._door(phase)[0]

    def _add_flows(self) -> None:
        if self.parted:
            self._flow("start", "at-start")
        for end in self.procedure.ends:
            if end not in self.final:
                self._flow(self._place(end), f"end-{end}")
        for number, step in self.inside:
            row = f"row-{number}"
            for phase in step.at:
                begins = self.parted and phase == self.procedure.start
                place = "at-start" if begins else self._place(phase)
                self._flow(place, row, self._condition(step))
            # a row that leads nowhere is done in one phase: those of several stand beside
            self._flow(row, self._place(next(p for p in (step.to, *step.at) if p is not None)))

    def _flow(self, source: str, target: str, only: str = "") -> None:
        self.flows.append(_Flow(f"flow-{len(self.flows) + 1}", source, target, only))

    def _condition(self, step: Step) -> str:
        """Return for which cases the row is there, in words."""
        no = Text(id="tidak", en="not").say(self.lang)
        return "; ".join([
            *(f.text.say(self.lang) for f in step.when),
            *(f"{no}: {f.text.say(self.lang)}" for f in step.unless),
        ])  # fmt: skip

    def beside_by_role(self) -> dict[Role, list[tuple[int, Step]]]:
        """Return the rows beside the flow by who does them."""
        found: dict[Role, list[tuple[int, Step]]] = defaultdict(list)
        for number, step in self.beside:
            found[step.role].append((number, step))
        return found


# -- the model ------------------------------------------------------------------------------------


def _tag(name: str) -> str:
    return f"{{{_BPMN}}}{name}"


def _collaboration(root: ET.Element, procedure: Procedure, lang: Lang) -> None:
    whole = ET.SubElement(root, _tag("collaboration"), {"id": "collaboration"})
    ET.SubElement(
        whole,
        _tag("participant"),
        {"id": "pool", "name": procedure.title.say(lang), "processRef": "process"},
    )


def _process(root: ET.Element, plan: _Plan) -> None:
    process = ET.SubElement(
        root,
        _tag("process"),
        {"id": "process", "name": plan.procedure.title.say(plan.lang), "isExecutable": "false"},
    )
    lanes = ET.SubElement(process, _tag("laneSet"), {"id": "lanes"})
    for role in plan.roles:
        lane = ET.SubElement(
            lanes, _tag("lane"), {"id": f"lane-{role}", "name": role.text.say(plan.lang)}
        )
        for node in plan.nodes.values():
            if node.role is role:
                ET.SubElement(lane, _tag("flowNodeRef")).text = node.id
        for number, _ in plan.beside_by_role().get(role, ()):
            ET.SubElement(lane, _tag("flowNodeRef")).text = f"beside-{number}"
    for node in plan.nodes.values():
        made = ET.SubElement(process, _tag(node.tag), {"id": node.id, "name": node.name})
        for flow in plan.flows:
            if flow.target == node.id:
                ET.SubElement(made, _tag("incoming")).text = flow.id
        for flow in plan.flows:
            if flow.source == node.id:
                ET.SubElement(made, _tag("outgoing")).text = flow.id
    for number, step in plan.beside:
        _beside(process, plan, number, step)
    for flow in plan.flows:
        made = ET.SubElement(
            process,
            _tag("sequenceFlow"),
            {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target},
        )
        if flow.only and not flow.source.startswith("row-"):
            condition = ET.SubElement(
                made, _tag("conditionExpression"), {f"{{{_XSI}}}type": "bpmn:tFormalExpression"}
            )
            condition.text = flow.only


def _beside(process: ET.Element, plan: _Plan, number: int, step: Step) -> None:
    """Write a row that can be done at several points: an event sub-process that interrupts none."""
    phases = ", ".join(p.text.say(plan.lang) for p in step.at)
    whole = ET.SubElement(
        process,
        _tag("subProcess"),
        {
            "id": f"beside-{number}",
            "name": _ANYTIME.say(plan.lang),
            "triggeredByEvent": "true",
        },
    )
    ET.SubElement(whole, _tag("documentation")).text = f"{_ANYTIME.say(plan.lang)}: {phases}"
    start = ET.SubElement(
        whole,
        _tag("startEvent"),
        {"id": f"beside-{number}-start", "isInterrupting": "false", "name": ""},
    )
    ET.SubElement(start, _tag("outgoing")).text = f"beside-{number}-in"
    condition = ET.SubElement(start, _tag("conditionalEventDefinition"),
                              {"id": f"beside-{number}-when"})  # fmt: skip
    ET.SubElement(
        condition, _tag("condition"), {f"{{{_XSI}}}type": "bpmn:tFormalExpression"}
    ).text = phases
    tag = "serviceTask" if step.role is Role.SYSTEM else "userTask"
    task = ET.SubElement(
        whole,
        _tag(tag),
        {"id": f"row-{number}", "name": f"{step.cited.say(plan.lang)} {step.title.say(plan.lang)}"},
    )
    ET.SubElement(task, _tag("incoming")).text = f"beside-{number}-in"
    ET.SubElement(task, _tag("outgoing")).text = f"beside-{number}-out"
    end = ET.SubElement(whole, _tag("endEvent"), {"id": f"beside-{number}-end", "name": ""})
    ET.SubElement(end, _tag("incoming")).text = f"beside-{number}-out"
    for flow, source, target in (
        ("in", f"beside-{number}-start", f"row-{number}"),
        ("out", f"row-{number}", f"beside-{number}-end"),
    ):
        ET.SubElement(
            whole,
            _tag("sequenceFlow"),
            {"id": f"beside-{number}-{flow}", "sourceRef": source, "targetRef": target},
        )


# -- the diagram ----------------------------------------------------------------------------------


class _Layout:
    """Where everything stands: columns are phases, rows are lanes, arrows run between tasks."""

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        tasks: dict[tuple[int, Role], list[str]] = defaultdict(list)
        for node in plan.nodes.values():
            if node.id.startswith("row-") or node.tag == "endEvent":
                tasks[node.column, node.role].append(node.id)
        columns = max(n.column for n in plan.nodes.values()) + 1
        beside = plan.beside_by_role()
        far = (f.target for f in plan.flows if not self._is_near(f))
        self.tracks = {target: n for n, target in enumerate(dict.fromkeys(far))}
        top = 40.0 + _TRACK * (len(self.tracks) + 1)
        rows = {
            role: min(
                _PER_COLUMN,
                max(len(beside.get(role, ())), *(len(tasks[c, role]) for c in range(columns))),
            )
            for role in plan.roles
        }
        self.lanes: dict[Role, tuple[float, float]] = {}
        y = top
        for role in plan.roles:
            height = rows[role] * _ROW + 30.0
            self.lanes[role] = (y, height)
            y += height
        self.bottom = y
        self.at: dict[str, _RECTANGLE] = {}
        x = 120.0
        for column in range(columns):
            wide = max(1, *(-(-len(tasks[column, role]) // _PER_COLUMN) for role in plan.roles))
            doors = [
                n for n in plan.nodes.values()
                if n.column == column and n.tag in ("exclusiveGateway", "startEvent")
            ]  # fmt: skip
            for n, node in enumerate(doors):
                w, h = _GATE if node.tag == "exclusiveGateway" else _EVENT
                first, height = self.lanes[node.role]
                self.at[node.id] = (x + n * _DOOR, first + height / 2 - h / 2, w, h)
            left = x + len(doors) * _DOOR
            for role in plan.roles:
                for n, key in enumerate(tasks[column, role]):
                    self._put(key, role, left, n)
            x = left + wide * (_TASK[0] + _GAP) + _GAP
        self.beside_left = x
        widest = 0
        for role, found in beside.items():
            for n, (number, _) in enumerate(found):
                across, down = divmod(n, _PER_COLUMN)
                widest = max(widest, across + 1)
                self.at[f"beside-{number}"] = (
                    x + across * (_TASK[0] + 150 + _GAP),
                    self.lanes[role][0] + 14 + down * _ROW,
                    _TASK[0] + 130,
                    _TASK[1] + 34,
                )
        self.right = x + widest * (_TASK[0] + 150 + _GAP) + 20

    def _is_near(self, flow: _Flow) -> bool:
        """Return whether the arrow stays in its column, or leads to the next one's door."""
        source, target = self.plan.nodes[flow.source], self.plan.nodes[flow.target]
        on = target.column - source.column
        return on == 0 or (on == 1 and not flow.target.startswith(("row-", "end-")))

    def _put(self, key: str, role: Role, left: float, n: int) -> None:
        node = self.plan.nodes[key]
        w, h = _EVENT if node.tag == "endEvent" else _TASK
        across, down = divmod(n, _PER_COLUMN)
        middle = self.lanes[role][0] + 30 + down * _ROW + _TASK[1] / 2
        self.at[key] = (left + across * (_TASK[0] + _GAP), middle - h / 2, w, h)

    def way(self, flow: _Flow) -> list[tuple[float, float]]:
        """Return the points of an arrow."""
        sx, sy, sw, sh = self.at[flow.source]
        tx, ty, tw, th = self.at[flow.target]
        nodes = self.plan.nodes
        source, target = nodes[flow.source], nodes[flow.target]
        from_row = flow.source.startswith("row-")
        here = source.column == target.column
        if here and flow.target.startswith("row-"):
            # from the door along the gap above the task, then down into it
            channel = sx + sw + _GAP / 3
            above, middle = ty - 12, tx + tw / 2 - 12
            return [(sx + sw, sy + sh / 2), (channel, sy + sh / 2), (channel, above),
                    (middle, above), (middle, ty)]  # fmt: skip
        if here and from_row:
            # back to the same door: along the gap below the task
            channel, below = tx + tw + _GAP / 2, sy + sh + 12
            middle = sx + sw / 2 + 12
            return [(middle, sy + sh), (middle, below), (channel, below),
                    (channel, ty + th + 14), (tx + tw / 2, ty + th + 14),
                    (tx + tw / 2, ty + th)]  # fmt: skip
        if self._is_near(flow):
            # on to the next door: along the gap below the task, past those beside it
            near, below = tx - 30, sy + sh + 18
            return [(sx + sw, sy + sh / 2), (sx + sw + 12, sy + sh / 2), (sx + sw + 12, below),
                    (near, below), (near, ty + th / 2), (tx, ty + th / 2)]  # fmt: skip
        track = 40.0 + _TRACK * (self.tracks[flow.target] + 1)
        enter = tx - 14 - 4 * (self.tracks[flow.target] % 4)
        into = [(enter, track), (enter, ty + th / 2), (tx, ty + th / 2)]
        if from_row:
            out = sx + sw + 10 + 4 * (self.tracks[flow.target] % 7)
            return [(sx + sw, sy + sh / 2), (out, sy + sh / 2), (out, track), *into]
        return [(sx + sw / 2, sy), (sx + sw / 2, track), *into]


def _diagram(root: ET.Element, plan: _Plan) -> None:
    layout = _Layout(plan)
    diagram = ET.SubElement(root, f"{{{_DI}}}BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(
        diagram, f"{{{_DI}}}BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"}
    )
    pool = (20.0, 20.0, layout.right - 20, layout.bottom - 20)
    _shape(plane, "pool", pool, {"isHorizontal": "true"})
    for role, (top, height) in layout.lanes.items():
        # the room for arrows above the lanes belongs to the first of them
        first = role is plan.roles[0]
        y = 20.0 if first else top
        rectangle = (20.0 + _LABEL, y, pool[2] - _LABEL, height + (top - y))
        _shape(plane, f"lane-{role}", rectangle, {"isHorizontal": "true"})
    for node in plan.nodes.values():
        more = {"isMarkerVisible": "true"} if node.tag == "exclusiveGateway" else {}
        _shape(plane, node.id, layout.at[node.id], more)
    for number, _ in plan.beside:
        x, y, w, h = layout.at[f"beside-{number}"]
        _shape(plane, f"beside-{number}", (x, y, w, h), {"isExpanded": "true"})
        start = (x + 14, y + 48, *_EVENT)
        task = (x + 70, y + 26, *_TASK)
        end = (x + w - 50, y + 48, *_EVENT)
        _shape(plane, f"beside-{number}-start", start, {})
        _shape(plane, f"row-{number}", task, {})
        _shape(plane, f"beside-{number}-end", end, {})
        middle = y + 66
        _edge(plane, f"beside-{number}-in", [(start[0] + 36, middle), (task[0], middle)])
        _edge(plane, f"beside-{number}-out", [(task[0] + _TASK[0], middle), (end[0], middle)])
    for flow in plan.flows:
        _edge(plane, flow.id, layout.way(flow))


def _shape(plane: ET.Element, element: str, rectangle: _RECTANGLE, more: dict[str, str]) -> None:
    shape = ET.SubElement(
        plane, f"{{{_DI}}}BPMNShape", {"id": f"{element}-di", "bpmnElement": element, **more}
    )
    x, y, width, height = (f"{value:g}" for value in rectangle)
    ET.SubElement(shape, f"{{{_DC}}}Bounds", {"x": x, "y": y, "width": width, "height": height})


def _edge(plane: ET.Element, element: str, points: Iterable[tuple[float, float]]) -> None:
    edge = ET.SubElement(
        plane, f"{{{_DI}}}BPMNEdge", {"id": f"{element}-di", "bpmnElement": element}
    )
    for x, y in points:
        ET.SubElement(edge, f"{{{_DD}}}waypoint", {"x": f"{x:g}", "y": f"{y:g}"})
