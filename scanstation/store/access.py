"""Operators, API tokens and the set-up code in the stock file: the store's side of `access.OperatorBook`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from scanstation.access.model import ApiToken, Operator
from scanstation.access.roles import Role
from scanstation.store.engine import reading, writing
from scanstation.store.schema import operators, setup, tokens


class StoredOperatorBook:
    """The book of a stock file; ``engine`` is that of an open `StockStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def operator(self, badge: str) -> Operator | None:
        """The operator with this badge."""
        with reading(self._engine) as connection:
            row = connection.execute(select(operators).where(operators.c.badge == badge)).mappings().first()
        return _operator(row) if row else None

    def operators(self) -> Sequence[Operator]:
        """All operators, in badge order."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(operators).order_by(operators.c.badge)).mappings().all()
        return [_operator(row) for row in rows]

    def add_operator(self, operator: Operator) -> bool:
        """Keep a new operator; False (and nothing changed) if the badge is taken."""
        with writing(self._engine) as connection:
            if connection.execute(select(operators.c.badge).where(operators.c.badge == operator.badge)).first():
                return False
            connection.execute(insert(operators).values(_columns(operator)))
        return True

    def change_operator(self, operator: Operator) -> bool:
        """Replace the operator of the same badge; False if there is none."""
        with writing(self._engine) as connection:
            change = update(operators).where(operators.c.badge == operator.badge).values(_columns(operator))
            return connection.execute(change).rowcount == 1

    def note_attempt(self, badge: str, failed: int, locked_until: int) -> None:
        """Keep the counter of wrong PINs."""
        with writing(self._engine) as connection:
            change = update(operators).where(operators.c.badge == badge)
            connection.execute(change.values(failed=failed, locked_until=locked_until or None))

    def keep_setup_code(self, digest: str, created_at: int) -> None:
        """Keep the digest of the set-up code in force; an older one is void from now on."""
        with writing(self._engine) as connection:
            _void_setup_codes(connection, created_at)
            connection.execute(insert(setup).values(code_hash=digest, created_at=created_at))

    def redeem_setup_code(self, digest: str, admin: Operator, used_at: int) -> bool:
        """Use the code up and keep the first operator, together or not at all."""
        with writing(self._engine) as connection:
            if connection.execute(select(operators.c.badge).limit(1)).first():
                return False
            mine = update(setup).where(setup.c.code_hash == digest, setup.c.used_at.is_(None))
            if connection.execute(mine.values(used_at=used_at)).rowcount != 1:
                return False
            connection.execute(insert(operators).values(_columns(admin)))
        return True

    def token(self, digest: str) -> ApiToken | None:
        """The token with this digest, in force or not."""
        with reading(self._engine) as connection:
            row = connection.execute(select(tokens).where(tokens.c.token_hash == digest)).mappings().first()
        return _token(row) if row else None

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens, in name order."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(tokens).order_by(tokens.c.name, tokens.c.created_at)).mappings().all()
        return [_token(row) for row in rows]

    def add_token(self, token: ApiToken) -> bool:
        """Keep a new token; False if a token in force has the name."""
        with writing(self._engine) as connection:
            named = select(tokens.c.name).where(tokens.c.name == token.name, tokens.c.revoked_at.is_(None))
            if connection.execute(named).first():
                return False
            connection.execute(
                insert(tokens).values(
                    token_hash=token.digest,
                    name=token.name,
                    role=token.role.value,
                    created_at=token.created_at,
                    expires_at=token.expires_at,
                    revoked_at=token.revoked_at,
                )
            )
        return True

    def revoke_token(self, name: str, revoked_at: int) -> bool:
        """Revoke for good; False if no token in force has the name."""
        with writing(self._engine) as connection:
            mine = update(tokens).where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
            return connection.execute(mine.values(revoked_at=revoked_at)).rowcount > 0


def _void_setup_codes(connection: Connection, at: int) -> None:
    connection.execute(update(setup).where(setup.c.used_at.is_(None)).values(used_at=at))


def _columns(operator: Operator) -> dict[str, Any]:
    return {
        "badge": operator.badge,
        "name": operator.name,
        "role": operator.role.value,
        "pin_hash": operator.pin_hash,
        "failed": operator.failed,
        "locked_until": operator.locked_until or None,
        "active": operator.active,
    }


def _operator(row: Any) -> Operator:
    return Operator(
        badge=row["badge"],
        name=row["name"],
        role=Role(row["role"]),
        pin_hash=row["pin_hash"] or "",
        failed=row["failed"] or 0,
        locked_until=row["locked_until"] or 0,
        active=row["active"],
    )


def _token(row: Any) -> ApiToken:
    return ApiToken(
        name=row["name"],
        role=Role(row["role"]),
        digest=row["token_hash"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
