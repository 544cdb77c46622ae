"""The first schema: items, stock, promises, audits, operators."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audits",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("site", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("t0", sa.BigInteger(), nullable=True),
        sa.Column("blind", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("created_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("booked", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'counting', 'reconciled', 'approved', 'posted', 'cancelled')",
            name=op.f("ck_audits_state"),
        ),
        sa.PrimaryKeyConstraint("audit", name=op.f("pk_audits")),
    )
    op.create_table(
        "items",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("gtin", sa.Text(), nullable=True),
        sa.Column("base_unit", sa.Text(), server_default=sa.text("'piece'"), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("price", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("abc_class", sa.Text(), server_default=sa.text("'C'"), nullable=False),
        sa.Column("tracking", sa.Text(), server_default=sa.text("'none'"), nullable=False),
        sa.CheckConstraint("abc_class IN ('A', 'B', 'C')", name=op.f("ck_items_abc_class")),
        sa.CheckConstraint("tracking IN ('none', 'lot', 'serial')", name=op.f("ck_items_tracking")),
        sa.CheckConstraint("unit_cost >= 0 AND price >= 0", name=op.f("ck_items_money")),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_gtin"), "items", ["gtin"], unique=False)
    op.create_table(
        "locations",
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("zone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("gln", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("location", name=op.f("pk_locations")),
    )
    op.create_index(op.f("ix_locations_gln"), "locations", ["gln"], unique=False)
    op.create_table(
        "operators",
        sa.Column("badge", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("role IN ('counter', 'supervisor', 'auditor', 'admin')", name=op.f("ck_operators_role")),
        sa.PrimaryKeyConstraint("badge", name=op.f("pk_operators")),
    )
    op.create_table(
        "setup",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_setup")),
    )
    op.create_table(
        "tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('counter', 'supervisor', 'auditor', 'admin')", name=op.f("ck_tokens_role")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_tokens")),
    )
    op.create_table(
        "adjustments",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'available'"), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('available', 'damaged', 'quarantined')", name=op.f("ck_adjustments_status")),
        sa.ForeignKeyConstraint(["audit"], ["audits.audit"], name=op.f("fk_adjustments_audit")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_adjustments_item")),
        sa.ForeignKeyConstraint(["location"], ["locations.location"], name=op.f("fk_adjustments_location")),
        sa.PrimaryKeyConstraint("audit", "item", "location", "lot", "status", name=op.f("pk_adjustments")),
    )
    op.create_table(
        "approvals",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason_code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["audit"], ["audits.audit"], name=op.f("fk_approvals_audit")),
        sa.PrimaryKeyConstraint("audit", "operator", name=op.f("pk_approvals")),
    )
    op.create_table(
        "audit_scope",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["audit"], ["audits.audit"], name=op.f("fk_audit_scope_audit")),
        sa.ForeignKeyConstraint(["location"], ["locations.location"], name=op.f("fk_audit_scope_location")),
        sa.PrimaryKeyConstraint("audit", "location", name=op.f("pk_audit_scope")),
    )
    op.create_table(
        "codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_codes_quantity")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_codes_item")),
        sa.PrimaryKeyConstraint("code", "item", name=op.f("pk_codes")),
    )
    op.create_index(op.f("ix_codes_item"), "codes", ["item"], unique=False)
    op.create_table(
        "listings",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("published_qty", sa.BigInteger(), nullable=True),
        sa.Column("policy", sa.Text(), server_default=sa.text("'deny'"), nullable=False),
        sa.Column("share", sa.BigInteger(), server_default=sa.text("100"), nullable=False),
        sa.Column("buffer", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("policy IN ('deny', 'continue')", name=op.f("ck_listings_policy")),
        sa.CheckConstraint(
            "state IN ('in_stock', 'backorder', 'preorder', 'out_of_stock')", name=op.f("ck_listings_state")
        ),
        sa.CheckConstraint("share BETWEEN 0 AND 100", name=op.f("ck_listings_share")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_listings_item")),
        sa.PrimaryKeyConstraint("channel", "item", name=op.f("pk_listings")),
    )
    op.create_index(op.f("ix_listings_item"), "listings", ["item"], unique=False)
    op.create_table(
        "movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'available'"), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("document", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("line", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("applied", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("status IN ('available', 'damaged', 'quarantined')", name=op.f("ck_movements_status")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_movements_item")),
        sa.ForeignKeyConstraint(["location"], ["locations.location"], name=op.f("fk_movements_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("key", name=op.f("uq_movements_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_movements_item"), "movements", ["item"], unique=False)
    op.create_index(op.f("ix_movements_ts"), "movements", ["ts"], unique=False)
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("customer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=True),
        sa.Column("allow_backorder", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("available_at_order", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'shipped', 'cancelled')", name=op.f("ck_orders_status")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_orders_qty")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_orders_item")),
        sa.PrimaryKeyConstraint("order_id", "item", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_item"), "orders", ["item"], unique=False)
    op.create_index(
        "ix_orders_open",
        "orders",
        ["item"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "packs",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("indicator", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("indicator BETWEEN 1 AND 8", name=op.f("ck_packs_indicator")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_packs_quantity")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_packs_item")),
        sa.PrimaryKeyConstraint("item", "indicator", name=op.f("pk_packs")),
    )
    op.create_table(
        "purchase_orders",
        sa.Column("po", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("qty_ordered", sa.BigInteger(), nullable=False),
        sa.Column("qty_received", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("qty_ordered > 0 AND qty_received >= 0", name=op.f("ck_purchase_orders_qty")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_purchase_orders_item")),
        sa.PrimaryKeyConstraint("po", "line", name=op.f("pk_purchase_orders")),
    )
    op.create_index(op.f("ix_purchase_orders_item"), "purchase_orders", ["item"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_reservations_qty")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_reservations_item")),
        sa.ForeignKeyConstraint(["location"], ["locations.location"], name=op.f("fk_reservations_location")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_item"), "reservations", ["item"], unique=False)
    op.create_table(
        "snapshot",
        sa.Column("audit", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'available'"), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["audit"], ["audits.audit"], name=op.f("fk_snapshot_audit")),
        sa.PrimaryKeyConstraint("audit", "item", "location", "lot", "status", name=op.f("pk_snapshot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stock_records",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'available'"), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('available', 'damaged', 'quarantined')", name=op.f("ck_stock_records_status")),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_stock_records_item")),
        sa.ForeignKeyConstraint(["location"], ["locations.location"], name=op.f("fk_stock_records_location")),
        sa.PrimaryKeyConstraint("item", "location", "lot", "status", name=op.f("pk_stock_records")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_stock_records_location"), "stock_records", ["location"], unique=False)
    op.create_table(
        "suppliers",
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("price", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("pack", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("minimum", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("lead_days_mean", sa.Float(), nullable=False),
        sa.Column("lead_days_sd", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("on_time_share", sa.Float(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.item"], name=op.f("fk_suppliers_item")),
        sa.PrimaryKeyConstraint("supplier", "item", name=op.f("pk_suppliers")),
    )
    op.create_index(op.f("ix_suppliers_item"), "suppliers", ["item"], unique=False)
