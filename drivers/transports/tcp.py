"""TCP: a reader that we call (`TcpTransport`), and a scanner that calls us (`TcpServerTransport`)."""

import asyncio
import contextlib
import socket
import ssl

from drivers.errors import DriverError, Reason
from drivers.transports.failures import net_error, net_unplugged

PORTION = 65536
_FIRST_PROBE, _PROBE_EVERY, _PROBES = 5, 2, 3  # seconds, seconds, count: a dead peer is noticed within 11 s


class _Stream:
    """One TCP connection: what client and server have in common."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        self._reader = reader
        self._writer = writer
        self._peer = peer
        _watch(writer)

    @property
    def address(self) -> str:
        """The peer's network address, without port."""
        name = self._writer.get_extra_info("peername")
        return str(name[0]) if name else ""

    async def receive(self, timeout: float) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                data = await self._reader.read(PORTION)
        except TimeoutError as error:
            if isinstance(error, OSError) and error.errno is not None:  # ETIMEDOUT: the keepalive probes failed
                raise net_error(self._peer, error) from error
            return b""
        except OSError as error:
            raise net_error(self._peer, error) from error
        if not data:
            raise net_unplugged(self._peer)
        return data

    async def send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise net_error(self._peer, error) from error

    def drop(self) -> None:
        # what was written goes out before the connection ends; nobody waits for a peer that does not answer
        self._writer.close()


class TcpTransport:
    """A `Transport` to ``host:port``.

    An attempt is given up after ``connect_timeout`` seconds.  One second is much in a local network, and as attempts
    follow each other without pause then, a reader that was switched off is found within a second of its return.
    With ``tls`` the connection is encrypted.
    """

    def __init__(
        self, host: str, port: int, connect_timeout: float = 1.0, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.host = host
        self.port = port
        self._peer = f"{host}:{port}"
        self._tls = tls
        self._connect_timeout = connect_timeout
        self._stream: _Stream | None = None

    async def open(self) -> None:
        """Connect; `DriverError` NOT_FOUND, REFUSED, TIMEOUT, PERMISSION."""
        self._drop()
        try:
            # not wait_for: before Python 3.12 it may swallow a cancellation that meets a refused connection
            async with asyncio.timeout(self._connect_timeout):
                reader, writer = await asyncio.open_connection(self.host, self.port, ssl=self._tls)
        except OSError as error:  # TimeoutError and socket.gaierror are OSErrors
            raise net_error(self._peer, error) from error
        self._stream = _Stream(reader, writer, self._peer)

    async def receive(self, timeout: float) -> bytes:
        """Wait for bytes; `DriverError` UNPLUGGED when the peer is gone."""
        try:
            return await self._opened().receive(timeout)
        except DriverError:
            self._drop()
            raise

    async def send(self, data: bytes) -> None:
        """Send all of ``data``; `DriverError` UNPLUGGED when the peer is gone."""
        try:
            await self._opened().send(data)
        except DriverError:
            self._drop()
            raise

    async def close(self) -> None:
        """Hang up."""
        self._drop()

    def _opened(self) -> _Stream:
        if self._stream is None:
            raise net_unplugged(self._peer, "not connected")
        return self._stream

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.drop()


class TcpServerTransport:
    """A `Transport` that waits for one scanner to call.

    It listens from the first `open` to `close`.  A second caller from the same address replaces the first (a scanner
    that lost power never hangs up); one from another address is turned away while the first is connected.
    """

    def __init__(self, host: str, port: int, call_timeout: float = 5.0) -> None:
        self.host = host
        self.port = port
        """The port that is listened on; known after `open` when it was 0."""
        self._call_timeout = call_timeout
        self._server: asyncio.Server | None = None
        self._stream: _Stream | None = None
        self._caller: _Stream | None = None  # has called, waits for `open`
        self._called = asyncio.Event()

    async def open(self) -> None:
        """Listen and wait for the call; `DriverError` BUSY (port taken), PERMISSION, TIMEOUT (nobody called)."""
        self._drop()
        if self._server is None:
            await self._listen()
        try:
            async with asyncio.timeout(self._call_timeout):
                await self._called.wait()
        except TimeoutError:
            raise DriverError(
                Reason.TIMEOUT,
                f"no scanner has called {self.host}:{self.port} yet",
                f"set the scanner's TCP destination to this machine, port {self.port}, and switch it on",
            ) from None
        self._stream, self._caller = self._caller, None
        self._called.clear()

    async def receive(self, timeout: float) -> bytes:
        """Wait for bytes; `DriverError` UNPLUGGED when the scanner hung up or called anew."""
        try:
            return await self._opened().receive(timeout)
        except DriverError:
            self._drop()
            raise

    async def send(self, data: bytes) -> None:
        """Send all of ``data``; `DriverError` UNPLUGGED when the scanner hung up."""
        try:
            await self._opened().send(data)
        except DriverError:
            self._drop()
            raise

    async def close(self) -> None:
        """Hang up and stop listening."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        self._drop()
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.drop()

    @property
    def _name(self) -> str:
        return f"scanner at {self.host}:{self.port}"

    async def _listen(self) -> None:
        try:
            # not serving at once: cancelled while it begins to serve, nobody could close it any more
            self._server = await asyncio.start_server(self._answer, self.host, self.port, start_serving=False)
            await self._server.start_serving()
        except OSError as error:
            raise net_error(f"{self.host}:{self.port}", error) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = _Stream(reader, writer, self._name)
        older = [stream for stream in (self._stream, self._caller) if stream is not None]
        if self._server is None or any(stream.address != caller.address for stream in older):
            caller.drop()
            return
        for stream in older:
            stream.drop()
        self._caller = caller
        self._called.set()

    def _opened(self) -> _Stream:
        if self._stream is None:
            raise net_unplugged(self._name, "not connected")
        return self._stream

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.drop()


def _watch(writer: asyncio.StreamWriter) -> None:
    """Let the system notice a peer that vanished without a word, and send small packets at once."""
    raw = writer.get_extra_info("socket")
    if raw is None:
        return
    with contextlib.suppress(OSError, AttributeError):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _FIRST_PROBE)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, _PROBE_EVERY)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, _PROBES)
