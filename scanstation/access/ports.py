"""What access needs of the store."""

from collections.abc import Sequence
from typing import Protocol

from scanstation.access.model import ApiToken, Operator


class OperatorBook(Protocol):
    """Operators, API tokens and the one-time set-up code.

    Every call is one transaction and may come from any thread.
    """

    def operator(self, badge: str) -> Operator | None:
        """The operator with this badge."""

    def operators(self) -> Sequence[Operator]:
        """All operators, in badge order."""

    def add_operator(self, operator: Operator) -> bool:
        """Keep a new operator; False (and nothing changed) if the badge is taken."""

    def change_operator(self, operator: Operator) -> bool:
        """Replace the operator of the same badge; False if there is none."""

    def note_attempt(self, badge: str, failed: int, locked_until: int) -> None:
        """Keep the counter of wrong PINs, so that a restart does not open a lock."""

    def keep_setup_code(self, digest: str, created_at: int) -> None:
        """Keep the digest of the set-up code in force; an older one is void from now on."""

    def redeem_setup_code(self, digest: str, admin: Operator, used_at: int) -> bool:
        """Use the code up and keep the first operator, together or not at all.

        False if the code in force has another digest or was used, or if an operator exists already.
        """

    def token(self, digest: str) -> ApiToken | None:
        """The token with this digest, revoked or not."""

    def tokens(self) -> Sequence[ApiToken]:
        """All tokens, in name order."""

    def add_token(self, token: ApiToken) -> bool:
        """Keep a new token; False if a token in force has the name."""

    def revoke_token(self, name: str, revoked_at: int) -> bool:
        """Revoke for good; False if no token in force has the name."""
