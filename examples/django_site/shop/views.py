"""The site's own pages: the catalogue, an order, one's orders."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render

from . import service  # pst
from .models import Item, Order


def catalogue(request):
    return render(request, "shop/catalogue.html", {"items": Item.objects.order_by("title")})


@login_required
def orders(request):
    return render(
        request, "shop/orders.html", {"orders": Order.objects.filter(customer=request.user)}
    )


@login_required
def place(request, item_id):
    """Show what is ordered; sent, it makes the order."""
    item = get_object_or_404(Item, pk=item_id)
    shown = {"item": item, "once": uuid4().hex, "quote": service.quote(item)}  # pst
    if request.method == "POST" and "agree" in request.POST:
        once = f"{request.user.pk}/{request.POST.get('once') or shown['once']}"[:64]
        with transaction.atomic():
            order, new = Order.objects.get_or_create(
                once=once, defaults={"customer": request.user, "item": item}
            )
            shown["problem"] = service.open_for(order) if new else None  # pst
            transaction.set_rollback(bool(shown["problem"]))  # pst
        if not shown["problem"]:
            return redirect("orders")
    return render(
        request, "shop/place.html", shown, status=422 if request.method == "POST" else 200
    )
