"""What is sent to the office along with a step."""

from typing import Annotated

from pydantic import Field

from scanstation.audit import RecordKey
from scanstation.web.messages import Body, Name

Places = Annotated[list[Name], Field(max_length=1_000)]
Words = Annotated[str, Field(max_length=200)]


class Open(Body):
    """What people will call the audit, and what it counts: places, zones, or everything."""

    name: Name
    locations: Places = Field(default_factory=list)
    zones: Places = Field(default_factory=list)
    blind: bool = True


class Recount(Body):
    """The locations to count again, and why; none means all beyond tolerance or booked while open."""

    locations: Places = Field(default_factory=list)
    reason: Words = ""


class Record(Body):
    """A stock record."""

    item: Name
    location: Name
    lot: Name | None = None

    @property
    def key(self) -> RecordKey:
        """Its key."""
        return (self.item, self.location, self.lot)


class Reject(Record):
    """A stock record that stays as it is, and why; ``alone``: the other side is booked all the same."""

    reason: Name
    alone: bool = False


class Approve(Body):
    """The reason code of the adjustments."""

    reason: Name = "count"
