"""The tables of the stock file, one `MetaData` for SQLite and PostgreSQL.

Column names, units and meanings follow `scanstation.stock.model`: whole quantities in base units, money in 1/10000 of
the currency unit, times in microseconds since 1970-01-01 UTC, due dates in days since the same date.  "No lot" is the
empty text in every key (a null is not equal to itself and would make keys ambiguous).  Values of enumerations are
checked by the database too, so that no other writer can leave a word that the station does not know.

Deployed files get this schema from the migrations beside this module; a test keeps the two equal.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
    text,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A row number that the database gives: SQLite counts only in INTEGER columns."""


def _text(name: str, **options: object) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=text("''"), **options)  # type: ignore[arg-type]


def _whole(name: str, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text(str(default)))


def _item(**options: object) -> Column[str]:
    return Column("item", Text, ForeignKey("items.item"), nullable=False, **options)  # type: ignore[arg-type]


def _one_of(column: str, *words: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word) for word in words)})", name=column)


STATUSES = ("available", "damaged", "quarantined")
"""Words of `StockStatus`."""

AUDIT_STATES = ("planned", "counting", "reconciled", "approved", "posted", "cancelled")
"""The states of an audit, in their order; an audit that was given up is cancelled."""

items = Table(
    "items",
    metadata,
    Column("item", Text, primary_key=True),
    _text("name"),
    Column("gtin", Text, index=True),  # GTIN-14
    Column("base_unit", Text, nullable=False, server_default=text("'piece'")),
    _whole("unit_cost"),
    _whole("price"),
    Column("abc_class", Text, nullable=False, server_default=text("'C'")),
    Column("tracking", Text, nullable=False, server_default=text("'none'")),
    _one_of("abc_class", "A", "B", "C"),
    _one_of("tracking", "none", "lot", "serial"),
    CheckConstraint("unit_cost >= 0 AND price >= 0", name="money"),
)
"""What is stocked."""

codes = Table(
    "codes",
    metadata,
    Column("code", Text, primary_key=True),  # GTIN-14, or the text of an internal code
    _item(primary_key=True, index=True),
    _whole("quantity", 1),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Scanning ``code`` means ``quantity`` base units of ``item``; a code with several rows is ambiguous."""

packs = Table(
    "packs",
    metadata,
    _item(primary_key=True),
    Column("indicator", BigInteger, primary_key=True, autoincrement=False),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("indicator BETWEEN 1 AND 8", name="indicator"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Base units in the pack that a GTIN-14 with this indicator digit names."""

contents = Table(
    "contents",
    metadata,
    Column("unit", Text, primary_key=True),
    _item(primary_key=True, index=True),
    Column("lot", Text, primary_key=True, server_default=text("''")),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""What logistic units hold by their advance shipping notices, in base units, without what is packed in further units.

``unit`` is an SSCC, another licence plate or a package number.
"""

packed = Table(
    "packed",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("inside", Text, nullable=False, index=True),
)
"""In which unit a unit was sent, by the same notices."""

locations = Table(
    "locations",
    metadata,
    Column("location", Text, primary_key=True),
    _text("site"),
    _text("zone"),
    Column("gln", Text, index=True),
)
"""Places that can be scanned."""

stock_records = Table(
    "stock_records",
    metadata,
    _item(primary_key=True),
    Column("location", Text, ForeignKey("locations.location"), primary_key=True, index=True),
    Column("lot", Text, primary_key=True, server_default=text("''")),
    Column("status", Text, primary_key=True, server_default=text("'available'")),
    Column("qty", BigInteger, nullable=False),
    _one_of("status", *STATUSES),
    sqlite_with_rowid=False,
)
"""What the books say is there now."""

movements = Table(
    "movements",
    metadata,
    Column("id", Serial, primary_key=True),  # the order of booking
    Column("key", Text, unique=True),
    _item(index=True),
    Column("location", Text, ForeignKey("locations.location"), nullable=False),
    _text("lot"),
    Column("status", Text, nullable=False, server_default=text("'available'")),
    Column("delta", BigInteger, nullable=False),
    Column("ts", BigInteger, nullable=False, index=True),
    _text("reason"),
    _text("document"),
    _text("line"),
    # False for history: a movement that the imported stock records already contain.
    Column("applied", Boolean, nullable=False, server_default=true()),
    _one_of("status", *STATUSES),
    sqlite_autoincrement=True,
)
"""Signed changes of stock records.  Equal keys are one movement."""

orders = Table(
    "orders",
    metadata,
    Column("order_id", Text, primary_key=True),
    _item(primary_key=True, index=True),
    Column("qty", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    _text("customer"),
    _whole("priority"),
    Column("placed_at", BigInteger),
    Column("allow_backorder", Boolean, nullable=False, server_default=false()),
    Column("status", Text, nullable=False, server_default=text("'open'")),
    Column("available_at_order", BigInteger),
    _one_of("status", "open", "shipped", "cancelled"),
    CheckConstraint("qty > 0", name="qty"),
)
"""Order lines: an order holds an item once."""

reservations = Table(
    "reservations",
    metadata,
    Column("id", Serial, primary_key=True),
    _item(index=True),
    Column("qty", BigInteger, nullable=False),
    Column("order_id", Text),
    Column("location", Text, ForeignKey("locations.location")),
    CheckConstraint("qty > 0", name="qty"),
)
"""Stock promised to an order line, or (without ``order_id``) elsewhere."""

listings = Table(
    "listings",
    metadata,
    Column("channel", Text, primary_key=True),
    _item(primary_key=True, index=True),
    Column("state", Text, nullable=False),
    Column("published_qty", BigInteger),
    Column("policy", Text, nullable=False, server_default=text("'deny'")),
    _whole("share", 100),
    _whole("buffer"),
    _one_of("state", "in_stock", "backorder", "preorder", "out_of_stock"),
    _one_of("policy", "deny", "continue"),
    CheckConstraint("share BETWEEN 0 AND 100", name="share"),
)
"""What the sales channels publish."""

purchase_orders = Table(
    "purchase_orders",
    metadata,
    Column("po", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    _text("supplier"),
    _item(index=True),
    Column("qty_ordered", BigInteger, nullable=False),
    _whole("qty_received"),
    Column("due", BigInteger),
    Column("received_at", BigInteger),
    CheckConstraint("qty_ordered > 0 AND qty_received >= 0", name="qty"),
)
"""Lines ordered from suppliers."""

suppliers = Table(
    "suppliers",
    metadata,
    Column("supplier", Text, primary_key=True),
    _item(primary_key=True, index=True),
    _whole("price"),
    _whole("pack", 1),
    _whole("minimum", 1),
    Column("lead_days_mean", Float, nullable=False),
    Column("lead_days_sd", Float, nullable=False, server_default=text("0")),
    Column("on_time_share", Float, nullable=False, server_default=text("1")),
)
"""Who delivers an item, at what price, how fast and how reliably."""

demand = Table(
    "demand",
    metadata,
    _item(primary_key=True),
    Column("period_start", BigInteger, primary_key=True, autoincrement=False),
    Column("period_days", BigInteger, nullable=False),
    Column("qty", BigInteger, nullable=False),
    CheckConstraint("period_days > 0 AND qty >= 0", name="qty"),
)
"""What was asked for of an item in a period, whether it could be delivered or not."""

returns = Table(
    "returns",
    metadata,
    Column("rma", Text, primary_key=True),
    _item(primary_key=True, index=True),
    Column("qty", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    CheckConstraint("qty > 0", name="qty"),
)
"""Open return authorisations: goods that a customer may send back."""

planning = Table(
    "planning",
    metadata,
    _item(primary_key=True),
    Column("reorder_point", BigInteger, nullable=False),
    _whole("order_quantity"),
    Column("order_up_to", BigInteger),
    _whole("safety_stock"),
)
"""When an item is reordered and how much: (s, Q) or (s, S)."""

lots = Table(
    "lots",
    metadata,
    _item(primary_key=True),
    Column("lot", Text, primary_key=True),
    Column("expires", BigInteger, nullable=False),
)
"""The last day on which a lot may be sold."""

audits = Table(
    "audits",
    metadata,
    Column("audit", Text, primary_key=True),
    _text("name"),
    _text("site"),
    Column("t0", BigInteger),  # time of the snapshot; null while planned
    Column("blind", Boolean, nullable=False, server_default=true()),
    Column("state", Text, nullable=False, server_default=text("'planned'")),
    _text("created_by"),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),  # time of the last change of state
    Column("booked", BigInteger),  # highest movements.id when the snapshot was taken
    _one_of("state", *AUDIT_STATES),
)
"""One row an audit."""

audit_scope = Table(
    "audit_scope",
    metadata,
    Column("audit", Text, ForeignKey("audits.audit"), primary_key=True),
    Column("location", Text, ForeignKey("locations.location"), primary_key=True),
)
"""The locations that an audit counts."""

snapshot = Table(
    "snapshot",
    metadata,
    Column("audit", Text, ForeignKey("audits.audit"), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("lot", Text, primary_key=True, server_default=text("''")),
    Column("status", Text, primary_key=True, server_default=text("'available'")),
    Column("qty", BigInteger, nullable=False),
    _whole("unit_cost"),
    Index("ix_snapshot_audit_location", "audit", "location"),
    sqlite_with_rowid=False,
)
"""The stock records of all locations as they were when the audit began; never changed afterwards."""

approvals = Table(
    "approvals",
    metadata,
    Column("audit", Text, ForeignKey("audits.audit"), primary_key=True),
    Column("operator", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    _text("reason_code"),
    _whole("amount"),
)
"""Who approved an audit's adjustments, and the sum of their absolute values then."""

adjustments = Table(
    "adjustments",
    metadata,
    Column("audit", Text, ForeignKey("audits.audit"), primary_key=True),
    Column("item", Text, primary_key=True),
    Column("location", Text, primary_key=True),
    Column("lot", Text, primary_key=True, server_default=text("''")),
    Column("status", Text, primary_key=True, server_default=text("'available'")),
    Column("delta", BigInteger, nullable=False),
    _text("reason_code"),
    Column("ts", BigInteger, nullable=False),
    ForeignKeyConstraint(["item"], ["items.item"]),
    ForeignKeyConstraint(["location"], ["locations.location"]),
    _one_of("status", *STATUSES),
)
"""What an audit changed in the books.  The key makes posting twice the same as posting once."""

operators = Table(
    "operators",
    metadata,
    Column("badge", Text, primary_key=True),
    _text("name"),
    Column("role", Text, nullable=False),
    _text("pin_hash"),
    _whole("failed"),
    Column("locked_until", BigInteger),
    Column("active", Boolean, nullable=False, server_default=true()),
    _one_of("role", "counter", "supervisor", "auditor", "admin"),
)
"""People who may sign in."""

tokens = Table(
    "tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    _text("name"),
    Column("role", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    _one_of("role", "counter", "supervisor", "auditor", "admin"),
)
"""Programs that may call the API; only the hash of a token is kept."""

setup = Table(
    "setup",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)
"""The one-time code that makes the first administrator."""

Index(
    "ix_orders_open",
    orders.c.item,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)
