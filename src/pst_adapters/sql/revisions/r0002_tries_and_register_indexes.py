"""Tries counted apart from attempts; the register by procedure and by due time has its indexes.

``attempt`` fences a worker that lost its lease and so must only grow; ``tries`` starts again when
people queue a set-aside effect anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and the indexes; what was tried before counts as tried."""
    op.add_column(
        "pst_effects", sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.execute("UPDATE pst_effects SET tries = attempt")
    op.create_index("pst_register_procedure", "pst_register", ["office", "procedure", "stream"])
    op.create_index("pst_register_due", "pst_register", ["office", "due"])
