"""PC/SC readers by pyscard: what happens at one reader as records, and commands to the card that lies there.

The records are those of `drivers.protocols.pcsc`: ``mark length(2) data`` with ``I`` (card came, ATR), ``A``
(answer), ``R`` (card went).
"""

import asyncio
import contextlib
from collections import deque
from typing import Any

try:
    from smartcard import scard
except ImportError as error:  # pragma: no cover - the extra is installed in tests
    raise ImportError(str(error), name="pyscard (pip install 'scanstation[pcsc]')") from error

from drivers.errors import DriverError, Reason

_POLL_MS = 100  # longest time that a thread waits for a card; bounds the time of close
_UNPLUG = "plug the reader in again; badges are read again by itself"
_ERRORS = {
    scard.SCARD_E_NO_SERVICE: (Reason.NOT_FOUND, "start the smart card service: sudo systemctl start pcscd.socket"),
    scard.SCARD_E_SERVICE_STOPPED: (Reason.NOT_FOUND, "start the smart card service: systemctl start pcscd.socket"),
    scard.SCARD_E_NO_READERS_AVAILABLE: (Reason.NOT_FOUND, "plug a reader in; `pcsc_scan` lists those that work"),
    scard.SCARD_E_UNKNOWN_READER: (Reason.UNPLUGGED, _UNPLUG),
    scard.SCARD_E_READER_UNAVAILABLE: (Reason.UNPLUGGED, _UNPLUG),
    scard.SCARD_E_SHARING_VIOLATION: (Reason.BUSY, "another program uses the reader (a signing client): end it"),
    scard.SCARD_W_SECURITY_VIOLATION: (Reason.PERMISSION, "polkit forbids pcscd to your user: sign in at the machine"),
}


class PcscTransport:
    """A `Transport` over the first reader whose name has ``reader`` in it; an empty one takes the first of all.

    A virtual or real reader may have several slots, each a reader of its own name.
    """

    def __init__(self, reader: str) -> None:
        self.reader = ""
        """The full name of the reader; known after `open`."""
        self._wanted = reader.lower()
        self._context: Any = None
        self._card: tuple[Any, int] | None = None
        self._state = scard.SCARD_STATE_UNAWARE
        self._records: deque[bytes] = deque()
        self._looking: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Find the reader and lock it; `DriverError` NOT_FOUND, BUSY, PERMISSION."""
        await self.close()
        await asyncio.to_thread(self._open)

    async def receive(self, timeout: float) -> bytes:
        """Wait for a record; `DriverError` UNPLUGGED when reader or service vanished."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not self._records and loop.time() < deadline:
            if self._context is None:
                raise self._error("closed", scard.SCARD_E_UNKNOWN_READER)
            if self._looking is None:
                self._looking = loop.run_in_executor(None, self._look)
            await asyncio.wait({self._looking}, timeout=max(0.0, deadline - loop.time()))
            if self._looking is not None and self._looking.done():
                looking, self._looking = self._looking, None
                try:
                    looking.result()
                except DriverError:
                    await self.close()
                    raise
        return self._records.popleft() if self._records else b""

    async def send(self, data: bytes) -> None:
        """Send a command to the card; its answer is received as a record.  A card that went away answers nothing."""
        if self._card is None:
            return
        handle, protocol = self._card
        result, answer = await asyncio.to_thread(scard.SCardTransmit, handle, _pci(protocol), list(data))
        if result == scard.SCARD_S_SUCCESS:
            self._records.append(_record(b"A", bytes(answer)))

    async def close(self) -> None:
        """Let go of card and reader."""
        looking, self._looking = self._looking, None
        if looking is not None:
            with contextlib.suppress(DriverError):
                await looking
        self._drop_card()
        context, self._context = self._context, None
        if context is not None:
            scard.SCardReleaseContext(context)
        self._records.clear()

    def _open(self) -> None:
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result != scard.SCARD_S_SUCCESS:
            raise self._error("cannot reach the smart card service", result)
        try:
            result, names = scard.SCardListReaders(context, [])
            if result != scard.SCARD_S_SUCCESS:
                raise self._error("no reader", result)
            fitting = [name for name in names if self._wanted in name.lower()]
            if not fitting:
                raise self._error(f"there are only {', '.join(names)}", scard.SCARD_E_NO_READERS_AVAILABLE)
        except DriverError:
            scard.SCardReleaseContext(context)
            raise
        self.reader, self._context, self._state = fitting[0], context, scard.SCARD_STATE_UNAWARE

    def _look(self) -> None:
        """See what changed at the reader (in a thread)."""
        wait = 0 if self._state == scard.SCARD_STATE_UNAWARE else _POLL_MS
        result, [(_, state, atr)] = scard.SCardGetStatusChange(self._context, wait, [(self.reader, self._state)])
        if result == scard.SCARD_E_TIMEOUT:
            return
        if result != scard.SCARD_S_SUCCESS:
            raise self._error("the reader does not answer", result)
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            raise self._error("the reader went away", scard.SCARD_E_UNKNOWN_READER)
        changed = (state ^ self._state) >> 16 != 0  # the upper half counts cards that came and went
        self._state = state & ~scard.SCARD_STATE_CHANGED
        here = bool(state & scard.SCARD_STATE_PRESENT) and not state & scard.SCARD_STATE_MUTE
        if self._card is not None and (changed or not here):
            self._drop_card()
            self._records.append(_record(b"R", b""))
        if here and self._card is None:
            self._connect(bytes(atr))

    def _connect(self, atr: bytes) -> None:
        result, handle, protocol = scard.SCardConnect(
            self._context, self.reader, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise self._error("cannot use the card", result)
        if result == scard.SCARD_S_SUCCESS:
            self._card = handle, protocol
            self._records.append(_record(b"I", atr))

    def _drop_card(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            scard.SCardDisconnect(card[0], scard.SCARD_LEAVE_CARD)

    def _error(self, what: str, code: int) -> DriverError:
        reason, remedy = _ERRORS.get(code, (Reason.UNPLUGGED, _UNPLUG))
        said = scard.SCardGetErrorMessage(code).rstrip(". ").lower()
        return DriverError(reason, f"badge reader {self.reader or self._wanted or '(any)'}: {what}: {said}", remedy)


def _record(mark: bytes, data: bytes) -> bytes:
    return mark + len(data).to_bytes(2, "big") + data


def _pci(protocol: int) -> int:
    return int(scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1)
