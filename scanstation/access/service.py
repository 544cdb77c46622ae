"""`Access`: sign in, first admin, operators, tokens."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from scanstation.access.attempts import Attempts, AttemptsByName
from scanstation.access.credentials import (
    RandomBytes,
    check_pin,
    digest_of,
    hash_pin,
    new_setup_code,
    new_token,
    normalise_setup_code,
    pin_matches,
    system_random,
)
from scanstation.access.errors import AccessError, AccessReason
from scanstation.access.model import ApiToken, Operator
from scanstation.access.ports import OperatorBook
from scanstation.access.roles import Role
from scanstation.access.sessions import Session, Sessions

IDLE_S = 1_800
"""A seat left alone for half an hour is free again."""

_BADGE_MAX, _NAME_MAX = 40, 80
_SETUP = "\0setup"  # cannot be a badge


class Access:
    """Who is at the door.  Safe to call from several threads; hashing a PIN takes about 40 ms, so call it off the loop.

    ``clock`` gives microseconds since the epoch, ``random_bytes`` must be the system's outside of tests.
    """

    def __init__(
        self, book: OperatorBook, *, clock: Callable[[], int], random_bytes: RandomBytes, idle_s: int = IDLE_S
    ) -> None:
        self._book = book
        self._clock = clock
        self._random_bytes = random_bytes
        self._unknown = AttemptsByName()
        self._has_operators = False
        self._lock = threading.Lock()
        self._nobody = hash_pin(
            "", random_bytes(16)
        )  # tried for unknown badges, so that they take as long as known ones
        self.sessions = Sessions(clock=clock, random_bytes=random_bytes, idle_s=idle_s)

    # the first start

    @property
    def needs_setup(self) -> bool:
        """Whether no operator exists yet, so that only the set-up code opens the station."""
        self._has_operators = self._has_operators or bool(self._book.operators())  # operators never vanish
        return not self._has_operators

    def setup_code(self) -> str | None:
        """A fresh one-time set-up code to print on the console, or None when the station has an operator.

        Each call voids the code of the call before.
        """
        if not self.needs_setup:
            return None
        code = new_setup_code(self._random_bytes)
        self._book.keep_setup_code(digest_of(code), self._clock())
        return code

    def create_first_admin(self, code: str, badge: str, name: str, pin: str) -> Operator:
        """Use the set-up code up and make the first admin.  Raises `AccessError`; five wrong codes lock it."""
        admin = self._make_operator(badge, name, Role.ADMIN, pin)
        with self._lock:
            _refuse_while_locked(self._unknown.of(_SETUP), self._clock())
            digest = digest_of(normalise_setup_code(code))
            if self._book.redeem_setup_code(digest, admin, self._clock()):
                return admin
            self._unknown.fail(_SETUP, self._clock())
        raise AccessError(
            AccessReason.SETUP_CODE,
            "this set-up code is wrong or was used already",
            "the station prints a new one on its console at every start until it has an operator",
        )

    # the door

    def sign_in(self, badge: str, pin: str) -> Session:
        """A new session for the right badge and PIN.

        Raises `AccessError`: WRONG without telling which of the two, LOCKED after five wrong attempts on a badge
        (60 s, doubling with every five more up to 15 minutes), whether the badge exists or not.
        """
        badge = badge.strip()[:_BADGE_MAX]
        with self._lock:
            now = self._clock()
            operator = self._book.operator(badge)
            attempts = Attempts(operator.failed, operator.locked_until) if operator else self._unknown.of(badge)
            _refuse_while_locked(attempts, now)
            right = pin_matches(pin[:64], operator.pin_hash if operator else self._nobody)
            if right and operator and operator.active:
                if attempts.failed:
                    self._book.note_attempt(badge, 0, 0)
                return self.sessions.start(operator)
            self._count_failure(operator, badge, attempts, now)
        raise AccessError(AccessReason.WRONG, "badge or PIN is wrong", "scan the badge again and type the PIN slowly")

    def _count_failure(self, operator: Operator | None, badge: str, attempts: Attempts, now: int) -> None:
        if operator is None:
            self._unknown.fail(badge, now)
            return
        after = attempts.after_failure(now)
        self._book.note_attempt(badge, after.failed, after.locked_until)

    # operators

    def operators(self) -> Sequence[Operator]:
        """All operators, in badge order."""
        return self._book.operators()

    def add_operator(self, badge: str, name: str, role: Role, pin: str) -> Operator:
        """A new operator.  Raises `AccessError` (BAD_BADGE, BAD_NAME, WEAK_PIN, TAKEN)."""
        operator = self._make_operator(badge, name, role, pin)
        if not self._book.add_operator(operator):
            raise AccessError(AccessReason.TAKEN, f"badge {operator.badge} is taken", "use another badge number")
        return operator

    def change_pin(self, badge: str, pin: str) -> None:
        """Set a new PIN, open a lock, and end the operator's sessions."""
        check_pin(pin)
        operator = self._known(badge)
        pin_hash = hash_pin(pin, self._random_bytes(16))
        self._book.change_operator(replace(operator, pin_hash=pin_hash, failed=0, locked_until=0))
        self.sessions.end_of(operator.badge)

    def change_role(self, badge: str, role: Role) -> None:
        """Give another role and end the operator's sessions, which carry the old one."""
        self._book.change_operator(replace(self._known(badge), role=role))
        self.sessions.end_of(badge)

    def set_active(self, badge: str, active: bool) -> None:
        """Let an operator in or keep them out; who is kept out is signed out at once."""
        self._book.change_operator(replace(self._known(badge), active=active))
        if not active:
            self.sessions.end_of(badge)

    def _known(self, badge: str) -> Operator:
        operator = self._book.operator(badge)
        if operator is None:
            raise AccessError(AccessReason.UNKNOWN, f"no operator has badge {badge}", "look at the list of operators")
        return operator

    def _make_operator(self, badge: str, name: str, role: Role, pin: str) -> Operator:
        badge, name = badge.strip(), name.strip()
        if not (0 < len(badge) <= _BADGE_MAX and badge.isascii() and badge.isprintable() and " " not in badge):
            remedy = f"use 1 to {_BADGE_MAX} letters, digits and signs without blanks"
            raise AccessError(AccessReason.BAD_BADGE, "this badge number cannot be printed as a label", remedy)
        if not (0 < len(name) <= _NAME_MAX and name.isprintable()):
            remedy = f"use 1 to {_NAME_MAX} printable characters"
            raise AccessError(AccessReason.BAD_NAME, "the operator needs a name", remedy)
        check_pin(pin)
        return Operator(badge=badge, name=name, role=role, pin_hash=hash_pin(pin, self._random_bytes(16)))

    # programs

    def issue_token(self, name: str, role: Role, expires_at: int | None = None) -> str:
        """A new API token, shown this once; in force for ever or until ``expires_at``.

        Raises `AccessError` (BAD_NAME, TAKEN).
        """
        name = name.strip()
        if not (0 < len(name) <= _NAME_MAX and name.isprintable()):
            raise AccessError(
                AccessReason.BAD_NAME, "a token needs a name", "name it after the program that will use it"
            )
        token = new_token(self._random_bytes)
        row = ApiToken(name=name, role=role, digest=digest_of(token), created_at=self._clock(), expires_at=expires_at)
        if not self._book.add_token(row):
            raise AccessError(
                AccessReason.TAKEN, f"a token named {name} exists", "use another name, or revoke that one"
            )
        return token

    def token(self, token: str) -> ApiToken | None:
        """The token's record, or None when it is unknown, revoked or past its time."""
        row = self._book.token(digest_of(token[:200]))
        return row if row is not None and row.in_force(self._clock()) else None

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens, in name order, without what would open a door."""
        return self._book.tokens()

    def revoke_token(self, name: str) -> None:
        """Revoke a token for good.  Raises `AccessError` (UNKNOWN)."""
        if not self._book.revoke_token(name, self._clock()):
            raise AccessError(AccessReason.UNKNOWN, f"no token is named {name}", "look at the list of tokens")


def system_access(book: OperatorBook, *, idle_s: int = IDLE_S) -> Access:
    """`Access` with the machine's clock and randomness."""
    return Access(book, clock=lambda: time.time_ns() // 1_000, random_bytes=system_random, idle_s=idle_s)


def _refuse_while_locked(attempts: Attempts, now: int) -> None:
    wait = attempts.wait_s(now)
    if wait:
        raise AccessError(
            AccessReason.LOCKED,
            f"too many wrong attempts: locked for {wait} s",
            "wait, then try once more; an admin can set a new PIN",
            retry_after_s=wait,
        )
