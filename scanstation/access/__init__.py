"""Access: who may do what, and how they show who they are.  Pure: the clock, the randomness and the book are passed in.

`Access` is the whole face of the room; `OperatorBook` is what it needs of the store.
"""

from scanstation.access.errors import AccessError, AccessReason
from scanstation.access.model import ApiToken, Operator
from scanstation.access.ports import OperatorBook
from scanstation.access.roles import Permission, Role, may
from scanstation.access.service import Access, system_access
from scanstation.access.sessions import Session, Sessions

__all__ = [
    "Access",
    "AccessError",
    "AccessReason",
    "ApiToken",
    "Operator",
    "OperatorBook",
    "Permission",
    "Role",
    "Session",
    "Sessions",
    "may",
    "system_access",
]
