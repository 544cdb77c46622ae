"""Whether a count lies near enough to the record, by the class of the item (config/policy.toml)."""

from collections.abc import Mapping

from scanstation.settings import Tolerance

NONE = Tolerance()
"""A class of which nothing is said: no variance is allowed."""


def within(tolerances: Mapping[str, Tolerance], abc_class: str, *, expected: int, variance: int, value: int) -> bool:
    """Return whether a record is accurate: every bound that is set for its class must hold.

    A class without bounds, and a tolerance without any, allow no variance at all.  Percent is of what was expected.
    No tolerance waves through what was found where nothing was expected, nor an empty place that should hold some:
    there the record is wrong about whether there is stock at all.

    >>> within({"C": Tolerance(percent=5.0)}, "C", expected=100, variance=-5, value=-1000)
    True
    >>> within({"C": Tolerance(percent=5.0, value=500)}, "C", expected=100, variance=-5, value=-1000)
    False
    >>> within({"C": Tolerance(units=10)}, "C", expected=0, variance=10, value=0)
    False
    """
    if variance == 0:
        return True
    if expected <= 0 or variance <= -expected:
        return False
    bounds = tolerances.get(abc_class, NONE)
    if bounds.units is None and bounds.percent is None and bounds.value is None:
        return False
    return (
        (bounds.units is None or abs(variance) <= bounds.units)
        and (bounds.percent is None or abs(variance) * 100 <= bounds.percent * expected)
        and (bounds.value is None or abs(value) <= bounds.value)
    )
