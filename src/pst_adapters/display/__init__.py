"""The display of the queue in a browser: numbers and counters, refreshed as they change.

``Display`` serves it by itself; a host with pages of its own mounts ``page``, ``STYLE``, ``SCRIPT``
and an event stream ``events`` of ``fragment`` side by side.
"""

from .page import SCRIPT, STYLE, fragment, page
from .server import Display

__all__ = ["SCRIPT", "STYLE", "Display", "fragment", "page"]
