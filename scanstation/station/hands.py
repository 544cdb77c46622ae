"""What an operator does by hand at a seat: each is one decision of the session, journaled before it is shown."""

from scanstation.counting.decision import Decision, Outcome
from scanstation.station.seat import StationSeat
from scanstation.stock.model import Tracking


class HandSeat(StationSeat):
    """A seat with the touches of its page: quantity, undo, close, reopen, correct, mark, resolve."""

    async def set_quantity(self, qty: int | None) -> Decision:
        """Set the quantity of the next scan; None forgets it."""
        return await self.settle(lambda: self.session.set_quantity(qty))

    async def undo(self) -> Decision:
        """Void the last fact of this operator at this location."""
        return await self.settle(self.session.undo)

    async def close_location(self) -> Decision:
        """Close the open location: now it counts."""
        return await self.settle(self.session.close_location)

    async def reopen_location(self, location: str) -> Decision:
        """Open a closed location again, in the same round."""
        return await self.settle(lambda: self.session.reopen_location(location))

    async def correct_line(self, item: str, lot: str | None, qty: int) -> Decision:
        """Bring a counted line to ``qty``."""
        return await self.settle(lambda: self.session.correct_line(item, lot, qty))

    async def mark(self, item: str, lot: str | None, qty: int, status: str) -> Decision:
        """Mark ``qty`` counted units of a line as damaged or quarantined."""
        return await self.settle(lambda: self.session.mark(item, lot, qty, status))

    async def resolve_parked(
        self, seq: int, item: str, qty: int, lot: str | None = None, serial: str | None = None
    ) -> Decision:
        """Say what a parked code is; a lot counts only where the records tell lots of the item apart."""
        known = self.stock.item(item)
        if known is None:
            return Decision(outcome=Outcome.REFUSED, text=f"There is no item {item}.", code=item)
        lot = None if known.tracking is Tracking.NONE else lot
        return await self.settle(lambda: self.session.resolve_parked(seq, item, qty, lot, serial))
