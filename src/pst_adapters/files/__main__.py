"""The child of ``read_facts_safely``: a file on standard input, its facts as JSON on the output."""

from __future__ import annotations

import json
import sys

from .facts import facts_to_json, limit_this_process, read_facts


def main() -> None:
    """Read one file under the limits given by the parent."""
    name, seconds, megabytes, roots = json.loads(sys.argv[1])
    data = sys.stdin.buffer.read()
    limit_this_process(seconds, megabytes)
    facts = read_facts(data, name, tuple(root.encode() for root in roots))
    sys.stdout.write(facts_to_json(facts))


main()
