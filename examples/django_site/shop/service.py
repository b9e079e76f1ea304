"""The paid service inside the site: its rows, deadlines, papers and money are pst-core's.

An order opens a request; staff and customers take its steps by forms made from the commands.
"""

from functools import partial

import attrs
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path

from pst_adapters.django import CommandForm, actor_of, acts, desk, files_of, keep, send
from pst_core import Microdata, PstError, Publication
from pst_core import request as rq
from pst_core.documents import RequestForm, form_fields
from pst_core.documents.due import Need, Standing
from pst_core.workflow import Role

from .models import Order
from .templatetags.words import language

AT_ORDER = {rq.AcceptTerms, rq.ChooseProducts}
WITH_REFERENCE = {rq.RecordRefund, rq.VerifyTransfer, rq.ReversePayment}


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


def form_of(stream, by, command, *typed):
    """Return the form of ``command``: the site fills in what it knows by itself."""
    ours, now, state = desk(), desk().clock(), desk().state(stream)
    (chosen,), more = rq.products_of(state), {}
    given, leave = {"judgement.officer": by.name}, {"zero"}
    if command not in WITH_REFERENCE:
        leave.add("reference")
    if command is rq.CompleteForm:
        command, given = RequestForm, {"kind": chosen.kind}
        leave = {f.name for f in attrs.fields(RequestForm)} - {*form_fields(chosen.kind)}
        more = {"wrap": lambda form: rq.CompleteForm((form,))}
    elif command is rq.HandInDocument:
        due = [d for d in ours.documents(stream) if d.rule.needs]
        rule = min(due, key=lambda d: d.standing is Standing.IN_ORDER).rule
        given["document"] = rule.document
        more = {"labels": {"file": rule.name, "number": rule.name}}
        leave |= {need.value for need in Need} - {need.value for need in rule.needs}
    elif command in (rq.SendOffer, rq.ReviseOffer) and not isinstance(chosen, Microdata):
        leave.add("sample")
    known = {"title": chosen.title, "abstraction.data_asked": (chosen.title,), "paid_at": now,
             "issued_at": now, "amount": rq.owed(state.books),
             "originals": ours.office.agreement.originals}  # fmt: skip
    return CommandForm(
        command, *typed, given=given, leave=leave, initial=known, keep=partial(keep, stream), **more
    )


@login_required
def work(request):
    rows = desk().door(actor_of(request.user)).register(procedure="request")
    phases = {str(phase): phase for phase in rq.PROCEDURE.phases}
    shown = [(row, phases[row.phase], Role(row.whose) if row.whose else None) for row in rows]
    return render(request, "service/work.html", {"rows": shown, "now": desk().clock()})


@login_required
def case(request, stream, sha256=None):
    by = actor_of(request.user)
    try:
        if sha256:
            return send(stream, sha256, by)
        found = acts(request, stream, by, partial(form_of, stream, by), without=AT_ORDER)
        if any(act.done for act in found):
            return redirect("case", stream)
        state, history = desk().door(by).see(stream), desk().door(by).history(stream)
        shown = {"acts": found, "state": state, "history": history, "files": files_of(stream, by)}
    except PstError as absent:
        raise Http404(absent.say(language())) from absent
    shown["deadline"] = rq.deadline(desk().state(stream), desk().office_of(stream))
    shown["order"] = Order.objects.get(stream=stream)
    return render(request, "service/case.html", shown, status=422 if request.POST else 200)


urlpatterns = [
    path("", work, name="work"),
    path("<str:stream>/", case, name="case"),
    path("<str:stream>/berkas/<str:sha256>/", case, name="file"),
]
