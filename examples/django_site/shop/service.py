"""The paid service inside the site: its rows, deadlines, papers and money are pst-core's.

An order opens a request, staff and customers take its steps by forms made from the commands.
"""

from functools import partial

import attrs
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path

from pst_adapters.django import CommandForm, actor_of, desk, files_of, keep, send
from pst_core import Microdata, NotFound, PstError, Publication
from pst_core import request as rq
from pst_core.documents import RequestForm, form_fields
from pst_core.documents.due import Need, Standing
from pst_core.workflow import Role

from .models import Order
from .templatetags.words import language

AT_ORDER = {rq.AcceptTerms, rq.ChooseProducts}


def product(item):
    if item.kind == "microdata":
        return Microdata(item.title, bytes=item.size)
    return Publication(item.title, pages=item.size)


def quote(item):
    office = desk().office
    return office.quote([product(item)], on=office.local(desk().clock()).date())


def open_for(order):
    """Open the request of a new order (S6 to S8), within the order's own transaction.

    Returns what the desk refused, or None; refused, the caller undoes the order.
    """
    user, by, ours = order.customer, actor_of(order.customer), desk()
    applicant = rq.Applicant(by.id, by.name, user.email, lang=language())
    try:
        stream = ours.open(rq.OpenRequest(applicant), by=by).stream
        for command in (rq.AcceptTerms(), rq.ChooseProducts((product(order.item),))):
            ours.do(stream, command, by=by)
    except PstError as refused:
        return refused
    Order.objects.filter(pk=order.pk).update(stream=stream)
    return None


def asked_for(stream):
    return [due for due in desk().documents(stream) if due.rule.needs]


def form_of(stream, command, by, *typed):
    """Return the form of ``command``: the site fills in what it knows by itself."""
    ours, now, state = desk(), desk().clock(), desk().state(stream)
    (chosen,), asks = rq.products_of(state), command
    given, leave = {"judgement.officer": by.name}, {"zero", "document", "reference"}
    if command in (rq.RecordRefund, rq.VerifyTransfer, rq.ReversePayment):
        leave.remove("reference")
    if command is rq.CompleteForm:
        asks, given = RequestForm, {"kind": chosen.kind}
        leave = {field.name for field in attrs.fields(RequestForm)} - {*form_fields(chosen.kind)}
    if command is rq.HandInDocument:
        rule = min(asked_for(stream), key=lambda d: d.standing is Standing.IN_ORDER).rule
        given["document"] = rule.document
        leave |= {need.value for need in Need} - {need.value for need in rule.needs}
    if command in (rq.SendOffer, rq.ReviseOffer) and not isinstance(chosen, Microdata):
        leave.add("sample")
    known = {"title": chosen.title, "abstraction.data_asked": (chosen.title,), "paid_at": now,
             "issued_at": now, "amount": rq.owed(state.books),
             "originals": ours.office.agreement.originals}  # fmt: skip
    return CommandForm(
        asks, *typed, given=given, leave=leave, initial=known, keep=partial(keep, stream)
    )


def take(form, stream, command, by):
    """Carry out the command of a valid form; return whether it was done."""
    value = rq.CompleteForm((form.value,)) if command is rq.CompleteForm else form.value
    try:
        desk().do(stream, value, by=by, command_id=form.command_id(by))
    except PstError as refused:
        form.refused(refused)
    return not form.errors


@login_required
def work(request):
    rows = desk().door(actor_of(request.user)).register(procedure="request")
    phases = {str(phase): phase for phase in rq.PROCEDURE.phases}
    shown = [(row, phases[row.phase], Role(row.whose) if row.whose else None) for row in rows]
    return render(request, "service/work.html", {"rows": shown, "now": desk().clock()})


@login_required
def case(request, stream):
    by, sent, status = actor_of(request.user), request.POST.get("command"), 200
    door, acts = desk().door(by), {}
    try:
        for open_ in sorted(door.open_steps(stream), key=lambda o: (not o.ready, o.step.aside)):
            command = open_.step.command
            if command is rq.HandInDocument and not asked_for(stream):
                continue
            if command not in AT_ORDER and command not in acts:
                acts[command] = {"name": command.__name__, "step": open_.step, "open": open_}
        for command, act in acts.items():
            if sent == command.__name__ and act["open"].ready:
                form = act["form"] = form_of(stream, command, by, request.POST, request.FILES)
                if form.is_valid() and take(form, stream, command, by):
                    return redirect("case", stream)
                status = 422
            elif act["open"].ready:
                act["form"] = form_of(stream, command, by)
        shown = {"stream": stream, "acts": acts.values(), "history": door.history(stream),
                 "state": door.see(stream), "files": files_of(stream, by), "sent": status == 422,
                 "deadline": rq.deadline(desk().state(stream), desk().office_of(stream)),
                 "order": Order.objects.get(stream=stream)}  # fmt: skip
    except NotFound as absent:
        raise Http404(absent.say(language())) from absent
    return render(request, "service/case.html", shown, status=status)


@login_required
def file(request, stream, sha256):
    try:
        return send(stream, sha256, actor_of(request.user))
    except PstError as absent:
        raise Http404(absent.say(language())) from absent


urlpatterns = [
    path("", work, name="work"),
    path("<str:stream>/", case, name="case"),
    path("<str:stream>/berkas/<str:sha256>/", file, name="file"),
]
