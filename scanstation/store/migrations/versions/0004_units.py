"""Contents of any unit with a number of its own, and which units were sent in which."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE contents RENAME COLUMN sscc TO unit")
    op.create_table(
        "packed",
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("inside", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_packed")),
    )
    op.create_index(op.f("ix_packed_inside"), "packed", ["inside"], unique=False)
