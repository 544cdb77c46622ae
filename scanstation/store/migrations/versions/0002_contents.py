"""Contents of logistic units, as advance shipping notices tell them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("sscc", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_contents_quantity")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_contents_item")),
        sa.PrimaryKeyConstraint("sscc", "item", "lot", name=op.f("pk_contents")),
    )
    op.create_index(op.f("ix_contents_item"), "contents", ["item"], unique=False)
