"""Indonesian first, English by the switch: ``{% t "Pesan" "Order" %}``."""

from django.utils.translation import get_language

from django import template

register = template.Library()


def language():
    return "en" if (get_language() or "id").startswith("en") else "id"


@register.simple_tag
def t(id, en):  # noqa: A002
    return en if language() == "en" else id


@register.filter
def say(text):
    """Say a text or an error of the library."""
    return text.say(language())


@register.filter
def rupiah(amount):
    return f"Rp{amount:,}".replace(",", ".")
