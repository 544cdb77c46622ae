"""JSON documents cut out of a stream of bytes: one a line, several lines for one, or one behind the other."""

import re
from collections.abc import Iterator

LONGEST = 262_144
"""Bytes of one document: a batch of some thousand tags."""
DEEPEST = 32

_NEXT = re.compile(rb'[{}\[\],:"\s]')
_IN_STRING = re.compile(rb'["\\\n\r]')
_OPEN, _CLOSE = b"{[", b"}]"


class Documents:
    """Finds objects and arrays by their brackets.

    An opening bracket where JSON allows none, or a line break inside a text, means that the document before lost its
    end; what begins there is the next.  `thrown` counts the bytes that belong to no document.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.thrown = 0
        self.clear()

    def clear(self) -> None:
        """Forget a half document."""
        self._buffer.clear()
        self._restart(0)

    @property
    def waits(self) -> bool:
        """Whether a document has begun and not ended."""
        return bool(self._stack)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in any portions and give the documents that are complete."""
        self._buffer += data
        while (end := self._end()) is not None:
            document = bytes(self._buffer[:end])
            del self._buffer[:end]
            self._restart(0)
            yield document

    def _restart(self, at: int) -> None:
        """Throw away what stands before ``at``; the next document may begin there."""
        self.thrown += len(bytes(self._buffer[:at]).strip())
        del self._buffer[:at]
        self._at = 0
        self._stack = bytearray()
        self._before = 0  # the last sign that means something
        self._in_string = False

    def _end(self) -> int | None:
        """Where the document at the start of the buffer ends; None when it is not complete."""
        while True:
            if not self._stack and not self._begin():
                return None
            pattern = _IN_STRING if self._in_string else _NEXT
            match = pattern.search(self._buffer, self._at)
            if match is None or match.start() > LONGEST:
                self._between(len(self._buffer))
                if len(self._buffer) > LONGEST:
                    self._restart(len(self._buffer))
                return None
            at, sign = match.start(), match[0]
            if sign == b"\\" and at + 2 > len(self._buffer) - 1:
                self._at = at
                return None
            if self._step(at, sign):
                return self._at

    def _begin(self) -> bool:
        starts = [at for at in (self._buffer.find(b"{"), self._buffer.find(b"[")) if at >= 0]
        self._restart(min(starts, default=len(self._buffer)))
        return bool(self._buffer) and self._open(0)

    def _open(self, at: int) -> bool:
        self._stack.append(self._buffer[at])
        self._before = self._buffer[at]
        self._at = at + 1
        return True

    def _step(self, at: int, sign: bytes) -> bool:
        """Take one sign; True when it ends the document."""
        if self._in_string:
            self._in_string_step(at, sign)
            return False
        self._between(at)
        if sign in (b"{", b"["):
            if self._may_open() and len(self._stack) < DEEPEST:
                self._open(at)
            else:
                self._restart(at)
            return False
        self._at = at + 1
        if sign in (b"}", b"]"):
            if _OPEN[_CLOSE.index(sign)] != self._stack[-1]:
                self._restart(at + 1)
                return False
            self._stack.pop()
            self._before = sign[0]
            return not self._stack
        if sign == b'"':
            self._in_string = True
        if not sign.isspace():
            self._before = sign[0]
        return False

    def _in_string_step(self, at: int, sign: bytes) -> None:
        if sign == b'"':
            self._in_string = False
            self._at = at + 1
        elif sign == b"\\":
            self._at = at + 2
        else:
            self._restart(at)

    def _between(self, end: int) -> None:
        """Note that a word or number stands between the last sign and ``end``."""
        if not self._in_string and end > self._at:
            self._before = ord("0")
        self._at = max(self._at, end)

    def _may_open(self) -> bool:
        """Whether JSON allows a bracket here: behind a colon in an object; first or behind a comma in an array."""
        if self._stack[-1] == ord("{"):
            return self._before == ord(":")
        return self._before in b"[,"
