"""The one base of every error that scanstation raises on purpose."""


class ScanstationError(Exception):
    """Something a person can act on.

    ``str(error)`` says what and where; ``remedy`` says how to mend it.  Each room derives its own family and
    carries a ``reason`` enum that programs can rely on.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy
