"""The twenty lines of the README, run as they stand there."""

import re
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def lines_of_the_readme() -> str:
    """Return the README's Python block, its database moved into a temporary folder."""
    block = re.search(r"```python\n(.*?)```", README.read_text("utf-8"), re.S)
    assert block is not None, "the README has no Python block"
    folder = tempfile.mkdtemp(prefix="pst-embed-")
    return block.group(1).replace("sqlite:///pst.db", f"sqlite:///{folder}/pst.db")


if __name__ == "__main__":
    exec(compile(lines_of_the_readme(), "README.md", "exec"))
