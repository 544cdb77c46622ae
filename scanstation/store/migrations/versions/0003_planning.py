"""What planning knows: demand, reorder points, expiry of lots, open returns; what a snapshot holds of a location."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period_days", sa.BigInteger(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("period_days > 0 AND qty >= 0", name=op.f("ck_demand_qty")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_demand_item")),
        sa.PrimaryKeyConstraint("item", "period_start", name=op.f("pk_demand")),
    )
    op.create_table(
        "returns",
        sa.Column("rma", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_returns_qty")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_returns_item")),
        sa.PrimaryKeyConstraint("rma", "item", name=op.f("pk_returns")),
    )
    op.create_index(op.f("ix_returns_item"), "returns", ["item"], unique=False)
    op.create_table(
        "planning",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("order_quantity", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("order_up_to", sa.BigInteger(), nullable=True),
        sa.Column("safety_stock", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_planning_item")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_planning")),
    )
    op.create_table(
        "lots",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_lots_item")),
        sa.PrimaryKeyConstraint("item", "lot", name=op.f("pk_lots")),
    )
    op.create_index("ix_snapshot_audit_location", "snapshot", ["audit", "location"], unique=False)
