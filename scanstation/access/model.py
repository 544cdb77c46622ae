"""Operators and API tokens, as the store keeps them: nothing in here opens a door by itself."""

from dataclasses import dataclass

from scanstation.access.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person with a badge.  ``pin_hash`` is what `pins.hash_pin` made; times are microseconds since the epoch.

    ``failed`` counts wrong PINs since the last right one; until ``locked_until`` no PIN is tried at all.
    """

    badge: str
    name: str
    role: Role
    pin_hash: str
    failed: int = 0
    locked_until: int = 0
    active: bool = True  # an operator who left keeps the badge in the journal, and opens nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A program's key.  Only the SHA-256 ``digest`` of the token is kept; the token is shown once."""

    name: str
    role: Role
    digest: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None

    def in_force(self, now: int) -> bool:
        """Whether the token opens anything at ``now`` (microseconds since the epoch)."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
