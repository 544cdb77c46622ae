"""The 96-bit schemes that hold three whole numbers, read in one step: nearly every tag that a sweep meets.

``header 8, filter 3, partition 3, company prefix, reference, serial`` with precomputed shifts for each partition.  What
is not plainly right is left to `classic`, which knows the rules and says what is wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from scanstation.identity.epc.classic import schemes_by_name
from scanstation.identity.epc.fields import Number, Partition, Zeros
from scanstation.identity.epc.keys import TO_ELEMENTS


class QuickPlan(NamedTuple):
    """Where the numbers lie (from the end of the reference), their limits, and how their URI body is written."""

    prefix_shift: int
    prefix_mask: int
    prefix_limit: int
    reference_mask: int
    reference_limit: int
    body: str


class QuickScheme(NamedTuple):
    """One scheme: the bits of its last field (a serial, or zeros) and its plans by partition value."""

    name: str
    uri: str
    tail_bits: int
    tail_mask: int
    has_serial: bool
    convert: Callable[[Sequence[str]], dict[str, str]]
    plans: tuple[QuickPlan | None, ...]


@cache
def quick_schemes() -> Mapping[int, QuickScheme]:
    """Return the schemes by header byte."""
    found = {}
    for scheme in schemes_by_name().values():
        match scheme.fields:
            case (Partition(company, reference, "padded"), (Number(bits=bits) | Zeros(bits=bits)) as tail):
                plans = tuple(
                    _plan(prefix, part, isinstance(tail, Number))
                    for prefix, part in zip(company, reference, strict=True)
                )
                found[scheme.header] = QuickScheme(
                    scheme.name,
                    scheme.uri,
                    bits,
                    (1 << bits) - 1,
                    isinstance(tail, Number),
                    TO_ELEMENTS[scheme.uri],
                    (*plans, None),
                )
    return MappingProxyType(found)


def _plan(prefix: tuple[int, int], reference: tuple[int, int], has_serial: bool) -> QuickPlan | None:
    if not reference[1]:
        return None
    body = f"%0{prefix[1]}d.%0{reference[1]}d" + (".%d" if has_serial else "")
    masks = (1 << prefix[0]) - 1, (1 << reference[0]) - 1
    return QuickPlan(reference[0], masks[0], 10 ** prefix[1], masks[1], 10 ** reference[1], body)


def read_quick(memory: bytes) -> tuple[QuickScheme, int, str] | None:
    """Return scheme, filter value and URI body of 12 bytes; None where `classic` has to look."""
    scheme = quick_schemes().get(memory[0])
    if scheme is None or len(memory) != 12:
        return None
    second = memory[1]
    plan = scheme.plans[second >> 2 & 7]
    if plan is None:
        return None
    _, _, tail_bits, tail_mask, has_serial, _, _ = scheme
    prefix_shift, prefix_mask, prefix_limit, reference_mask, reference_limit, body = plan
    value = int.from_bytes(memory, "big")
    numbers = value >> tail_bits
    prefix, reference, tail = numbers >> prefix_shift & prefix_mask, numbers & reference_mask, value & tail_mask
    if prefix >= prefix_limit or reference >= reference_limit:
        return None
    if has_serial:
        return scheme, second >> 5, body % (prefix, reference, tail)
    return None if tail else (scheme, second >> 5, body % (prefix, reference))
