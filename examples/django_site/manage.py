"""Django's own commands, and ``demo``, which starts the site with people and a catalogue."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    if "demo" in sys.argv[1:2]:
        os.environ.setdefault("SHOP_DEBUG", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
