"""Item numbers that look like something else are told apart from those that are only odd."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.identity import LabelPrefixes, identify
from scanstation.identity.errors import IdentityError
from scanstation.stock.lookalikes import lookalikes, looks_like

OURS = LabelPrefixes()


@pytest.mark.parametrize(
    ("code", "what", "then"),
    [
        ("LOC-243", "a location label of ours (LOC-...)", "unless there is a location '243'"),
        ("CMD-UNDO", "a command label of ours (CMD-...)", "unless there is a command 'UNDO'"),
        ("OPR-7", "an operator label of ours (OPR-...)", "unless there is an operator '7'"),
        ("+A99912345E", "a HIBC label", "counts as the item"),
        ("urn:epc:id:sgtin:0614141.812345.6789", "an EPC", "counts as the item"),
        ("[)>06", "an ISO/IEC 15434 label", "counts as the item"),
        ("https://id.gs1.org/01/09521141000038", "a GS1 Digital Link", "counts as the item"),
        ("]C1-BRACKET", "a scan with the symbology identifier ]C1", "loses its first three characters"),
    ],
)
def test_what_a_number_looks_like(code: str, what: str, then: str) -> None:
    found = looks_like(code, OURS)
    assert found is not None
    assert (found.code, found.what) == (code, what)
    assert then in found.then and found.mend
    assert str(found) == f"{code!r} looks like {what}: {found.then}"
    assert list(lookalikes(["A", None, code], OURS)) == [(2, found)]


@pytest.mark.parametrize(
    "code",
    ["SKU-1", "100471100190", "4006381333931", "LOCK-1", "loc-5", "+49 30 12", "http://intranet/243", "]A", "", "(x)"],
)
def test_what_looks_like_nothing_else(code: str) -> None:
    assert looks_like(code, OURS) is None
    assert not list(lookalikes([code], OURS))


def test_the_prefixes_are_the_sites_own() -> None:
    assert looks_like("LOC-243", LabelPrefixes(location="BIN:", operator="", command="!")) is None
    assert looks_like("BIN:7", LabelPrefixes(location="BIN:", operator="", command="!")) is not None


@given(st.text("LOCPRMD-+]C1[)>urn:epchts/.06A9\x1e", min_size=1, max_size=12))
def test_nothing_that_is_read_as_something_else_is_missed(code: str) -> None:
    """What the station would read without a symbology identifier as anything but text or an element string is told."""
    try:
        scheme = identify(code, labels=OURS).scheme
    except IdentityError:
        return
    if scheme not in ("text", "gtin", "gs1"):
        assert looks_like(code, OURS) is not None
