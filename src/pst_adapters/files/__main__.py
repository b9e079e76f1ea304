"""The child of ``read_facts_safely``: an order and a file on its input, facts on its output."""

from __future__ import annotations

import json
import sys

from .facts import facts_to_json, limit_this_process, read_facts
from .trust import Trust


def main() -> None:
    """Read one file under the limits given by the parent."""
    name, seconds, megabytes, trust = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    limit_this_process(seconds, megabytes)
    facts = read_facts(data, name, Trust.from_lists(trust))
    sys.stdout.write(facts_to_json(facts))


main()
