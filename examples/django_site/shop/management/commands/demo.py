"""``manage.py demo``: tables, people, a catalogue, the worker, and the site at an address."""

import datetime as dt
import secrets
import threading

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand

from pst_adapters.django.settings import worker
from pst_adapters.workers import work_in_process
from shop.models import Item

CATALOGUE = [
    ("Rembang Dalam Angka", "publication", 312),
    ("Statistik Potensi Desa Rembang", "publication", 48),
    ("Susenas 2025 (data mikro)", "microdata", 4_200_000),
]
PEOPLE = {
    "siti": ("Siti", "Rahmawati", ""), "budi": ("Budi", "Santoso", ""),
    "ani": ("Ani", "Lestari", "officer"), "joko": ("Joko", "Prasetyo", "officer"),
    "made": ("Made", "Wirawan", "treasurer"), "rina": ("Rina", "Siregar", "head"),
    "dewi": ("Dewi", "Anggraini", "auditor"),
}  # fmt: skip


def people(password):
    """Make the people of the demonstration; all of them get the password of this start."""
    for name, (first, last, group) in PEOPLE.items():
        user, _ = User.objects.get_or_create(username=name)
        user.first_name, user.last_name = first, last
        user.email, user.is_staff = f"{name}@example.org", bool(group)
        user.set_password(password)
        user.save()
        if group:
            user.groups.set(Group.objects.filter(name=group))


class Command(BaseCommand):
    help = "Jalankan situs peragaan. / Start the demonstration."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="Siapkan saja (prepare only).")

    def handle(self, *, port, no_serve, **_):
        call_command("migrate", verbosity=0)
        call_command("pst_groups", stdout=self.stdout)
        for title, kind, size in CATALOGUE:
            Item.objects.get_or_create(title=title, defaults={"kind": kind, "size": size})
        password = secrets.token_urlsafe(9)
        people(password)
        self.stdout.write(f"http://127.0.0.1:{port}/   kata sandi / password: {password}")
        for name, (first, last, group) in PEOPLE.items():
            self.stdout.write(f"  {name:6} {first} {last} ({group or 'pengguna layanan'})")
        if no_serve:
            return
        stop = threading.Event()
        ours = worker("demo", dt.timedelta(minutes=5))
        threading.Thread(
            target=work_in_process, args=(ours, stop), kwargs={"every": 0.5}, daemon=True
        ).start()
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False)
        stop.set()
