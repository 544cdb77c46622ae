"""Holds the search for cyclic garbage back while many rows are made that stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Iterator[None]:
    """Let Python look for cyclic garbage afterwards only.

    A hundred thousand new rows, none of them garbage, have it walk through all objects of the process again and again,
    and each such walk stops every thread for some 100 ms.  What is no cycle is freed at once all the same.  Where
    threads overlap, the first to end lets it go on for all.

    >>> with without_collecting():
    ...     gc.isenabled()
    False
    >>> gc.isenabled()
    True
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
