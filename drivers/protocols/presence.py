"""One read for a tag that is held before a reader, however often the reader says so."""


class Held:
    """Remembers the tag that is held.  It is gone after ``gap`` seconds of silence, or when another tag comes.

    There is no clock here: the wire says nothing while no tag is held, so `silence` is told how long that was.
    A ``gap`` of 0 lets every repeat through.
    """

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._tag: bytes | None = None

    def is_new(self, tag: bytes) -> bool:
        """Whether ``tag`` was not held already."""
        if tag == self._tag and self._gap > 0:
            return False
        self._tag = tag
        return True

    def silence(self, seconds: float) -> None:
        """Nothing came for ``seconds``."""
        if seconds >= self._gap:
            self._tag = None

    def gone(self) -> None:
        """The reader says that no tag is there."""
        self._tag = None
