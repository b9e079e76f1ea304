"""Who acts: a user of the host as an ``Actor`` of the desk.

``PST["ACTOR"]`` names the callable that says it; without one, ``by_group`` reads Django's groups.
"""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from pst_core.refusal import BadInput
from pst_core.text import Text
from pst_core.workflow import Actor, Role

from .settings import read

__all__ = ["STAFF", "actor_of", "by_group"]

STAFF = (Role.OFFICER, Role.TREASURER, Role.HEAD, Role.AUDITOR)
"""The roles that a group of the same name gives: ``officer``, ``treasurer``, ``head``,
``auditor``. ``manage.py pst_groups`` makes the groups."""


def actor_of(user: Any) -> Actor:
    """Return ``user`` as the desk knows them, by ``PST["ACTOR"]``.

    Raises ``BadInput`` for somebody who is not signed in, or is nobody that ``ACTOR`` knows.
    """
    if not user.is_authenticated or not user.is_active:
        raise BadInput(
            "not-signed-in",
            Text(id="Belum masuk.", en="Nobody is signed in."),
            remedy=Text(id="Masuk dengan akun Anda.", en="Sign in with your account."),
        )
    actor: Actor = import_string(read().actor)(user)
    return actor


def by_group(user: Any) -> Actor:
    """Return ``user`` with the role of their group; without one of ``STAFF`` an applicant.

    The key is the user's primary key: no name, address or number of a person. Raises ``BadInput``
    if two groups give two roles: who prepares and who takes the money are two people.
    """
    named = set(user.groups.values_list("name", flat=True))
    roles = [role for role in STAFF if role.value in named]
    if len(roles) > 1:
        words = Text.join(", ", [role.text for role in roles])
        raise BadInput(
            "two-roles",
            Text(
                id="Akun ini berperan ganda: {roles}.", en="This account has two roles: {roles}."
            ).fill(roles=words),
            remedy=Text(
                id="Sisakan satu grup, atau tulis fungsi sendiri pada PST['ACTOR'].",
                en="Leave it in one group, or write a function of your own in PST['ACTOR'].",
            ),
        )
    role = roles[0] if roles else Role.APPLICANT
    return Actor(str(user.pk), role, user.get_full_name() or user.get_username())
