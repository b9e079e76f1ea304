"""What the site had before: its catalogue and its orders."""

from django.conf import settings
from django.db import models


class Item(models.Model):
    """Something that can be ordered. ``size``: pages of a publication, bytes of microdata."""

    KINDS = {"publication": "publikasi", "microdata": "data mikro"}

    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    size = models.PositiveBigIntegerField()

    def __str__(self):
        return self.title


class Order(models.Model):
    """Who ordered what. ``once`` keeps a form that was sent twice from ordering twice."""

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    placed_at = models.DateTimeField(auto_now_add=True)
    once = models.CharField(max_length=64, unique=True)
    stream = models.CharField(max_length=80, default="", db_index=True)  # pst

    class Meta:
        ordering = ("-placed_at", "-pk")

    def __str__(self):
        return f"{self.pk}: {self.item}"
