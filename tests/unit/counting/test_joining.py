"""What the next symbol of a device makes of the one before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.counting.events import CountEvent, EventKind
from scanstation.counting.joining import LabelJoiner, Meets, Moment, Seen, join, lacking, meet
from scanstation.identity import Identity, IdentityError, identify
from scanstation.identity.hibc import format_hibc

GTIN, OTHER = "09521141123454", "09521141123461"
SSCC = "340063810000000018"
GS = "\x1d"
PRIMARY = format_hibc("A99912345")
SECONDARY = format_hibc(f"$$52001510X3{PRIMARY[-1]}")


def gs1(text: str) -> Identity:
    return identify(text.replace("|", GS), aim="]C1")


def seen(identity: Identity, *, half: bool) -> Seen:
    return Seen(identity=identity, facts=(), times=1, at=Moment(received=0), half=half)


@pytest.mark.parametrize(
    ("payload", "stands"),
    [
        (f"01{GTIN}", True),
        (f"01{GTIN}17271231", True),
        ("10LOT", False),
        ("17271231", False),
        ("21S1", False),
        (f"02{GTIN}3740", False),
        (f"00{SSCC}", True),
        (f"00{SSCC}02{GTIN}3740", True),
        ("400ORDER", True),
    ],
)
def test_what_cannot_stand_alone(payload: str, stands: bool) -> None:
    assert (lacking(gs1(payload)) is None) is stands


def test_what_a_half_lacks_is_said() -> None:
    assert lacking(gs1("254A")) == "AI (254) at 0: expected also (414) on the label, got (254)"
    assert lacking(identify(PRIMARY)) is None
    assert lacking(identify(SECONDARY)) == (
        "HIBC secondary at 0: expected also its primary on the label, got the secondary"
    )


@pytest.mark.parametrize(
    ("first", "half", "second", "how"),
    [
        ("10LOT", True, f"01{GTIN}", Meets.WHOLE),
        ("10LOT", True, f"01{GTIN}10LOT", Meets.WHOLE),
        ("10LOT", True, f"01{GTIN}10OTHER", Meets.ALONE),  # they contradict each other
        ("10LOT", True, "17271231", Meets.HALF),
        ("10LOT|17271231", True, "10LOT", Meets.AGAIN),
        ("10LOT", True, "10OTHER", Meets.ALONE),
        ("10LOT", True, f"00{SSCC}", Meets.ALONE),  # a lot of a pallet of what?
        ("10LOT", True, "8003095211411234541234", Meets.ALONE),
        (f"02{GTIN}3740", True, f"00{SSCC}", Meets.WHOLE),
        (f"02{GTIN}3740", True, f"01{OTHER}", Meets.ALONE),  # (01) may not stand beside (37)
        (f"00{SSCC}", True, f"02{GTIN}3740", Meets.WHOLE),
        (f"00{SSCC}", True, f"00{SSCC}02{GTIN}3740", Meets.WHOLE),
        (f"00{SSCC}", True, f"00{SSCC}", Meets.AGAIN),
        (f"00{SSCC}", True, f"01{GTIN}", Meets.ALONE),  # the next thing, not the pallet's content
        (f"00{SSCC}", True, "10LOT", Meets.HALF),
        (f"01{GTIN}", False, f"01{GTIN}", Meets.ALONE),  # the next piece
        (f"01{GTIN}", False, "10LOT", Meets.UNSURE),
        (f"01{GTIN}10LOT", False, "10LOT", Meets.AGAIN),
        (f"01{GTIN}10LOT", False, "10NEXT", Meets.ALONE),
        (f"01{GTIN}10LOT", False, f"01{GTIN}10LOT", Meets.ALONE),
    ],
)
def test_meeting(first: str, half: bool, second: str, how: Meets) -> None:
    met, both = meet(seen(gs1(first), half=half), gs1(second))
    assert met is how
    if how is Meets.WHOLE:
        assert both.elements == {**gs1(first).elements, **gs1(second).elements}
        assert lacking(both) is None
    if how is Meets.ALONE:
        assert both == gs1(second)


def test_hibc_is_joined_by_its_link_in_both_orders() -> None:
    primary, secondary = identify(PRIMARY), identify(SECONDARY)
    met, both = meet(seen(secondary, half=True), primary)
    assert (met, both.key, both.lot, both.expiry) == (Meets.WHOLE, "A99912345", secondary.lot, secondary.expiry)
    assert "link" not in both.elements
    assert meet(seen(primary, half=False), secondary) == (met, both)
    stranger = identify(format_hibc("A99912355"))
    assert meet(seen(secondary, half=True), stranger) == (Meets.ALONE, stranger)


def test_text_and_internal_labels_join_nothing() -> None:
    half = seen(gs1("10LOT"), half=True)
    for other in (identify("4711", aim="]C0"), identify("LOC-A-01"), identify(PRIMARY)):
        assert meet(half, other) == (Meets.ALONE, other)


def test_the_joiner_remembers_for_its_window_and_each_device_apart() -> None:
    joiner = LabelJoiner(3_000_000)
    one = seen(gs1("10LOT"), half=True)
    joiner.remember("a", one)
    assert joiner.before("b", Moment(received=1)) is None
    assert joiner.before("a", Moment(received=3_000_000)) == one
    assert joiner.before("a", Moment(received=3_000_001)) is None
    joiner.remember("a", one)
    joiner.forget("a")
    assert joiner.before("a", Moment(received=1)) is None


def test_scans_that_waited_in_a_queue_are_as_far_apart_as_the_device_says() -> None:
    joiner = LabelJoiner(3_000_000)
    joiner.remember("a", Seen(identity=gs1("10A"), facts=(), times=1, at=Moment(received=10, device=0), half=True))
    assert joiner.before("a", Moment(received=11, device=60_000_000)) is None
    joiner.remember("a", Seen(identity=gs1("10A"), facts=(), times=1, at=Moment(received=10, device=5), half=True))
    assert joiner.before("a", Moment(received=11)) is not None


def test_a_window_of_nothing_joins_nothing() -> None:
    joiner = LabelJoiner(0)
    joiner.remember("a", seen(gs1("10LOT"), half=True))
    assert joiner.before("a", Moment(received=0)) is None


def test_the_payloads_of_all_symbols_are_kept() -> None:
    fact = CountEvent(kind=EventKind.COUNTED, ts=1, station="S", payload="b", data={"label": ["a"]})
    both = Seen(identity=gs1("10A"), facts=(fact,), times=1, at=Moment(received=0), half=False)
    assert both.payloads == ("a", "b")


parts = st.dictionaries(
    st.sampled_from(["00", "01", "02", "10", "17", "21", "37", "240", "3103"]), st.sampled_from("AB"), min_size=1
)
VALUES = {
    "00": (SSCC, "340063810000000025"), "01": (GTIN, OTHER), "02": (GTIN, OTHER), "10": ("A", "B"),
    "17": ("271231", "281231"), "21": ("S1", "S2"), "37": ("4", "5"), "240": ("X", "Y"), "3103": ("000750", "000751"),
}  # fmt: skip


@given(parts, parts)
def test_joining_is_symmetric_keeps_everything_and_joins_no_contradiction(
    one: dict[str, str], other: dict[str, str]
) -> None:
    def label(part: dict[str, str]) -> Identity | None:
        text = "".join(f"({ai}){VALUES[ai][choice == 'B']}" for ai, choice in part.items())
        try:
            return identify(text)
        except IdentityError:
            return None

    first, second = label(one), label(other)
    if first is None or second is None:
        return
    both, reverse = join(first, second), join(second, first)
    assert (both is None) == (reverse is None)
    contradict = any(one[ai] != other[ai] for ai in one.keys() & other.keys())
    assert not (contradict and both)
    if both is not None and reverse is not None:
        assert both.elements == reverse.elements == {**first.elements, **second.elements}
        assert (both.names, both.lot, both.serial) == (reverse.names, reverse.lot, reverse.serial)
        assert both.key == reverse.key or lacking(both)  # what lacks its key is called by its first element
