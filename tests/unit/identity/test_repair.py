"""What a device does to payloads is undone where its setting says so, and nowhere else."""

from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanstation.identity import NO_REPAIR, IdentityError, IdentityReason, Repair, identify, repair
from scanstation.identity.hosts import host
from scanstation.identity.repair import LAYOUTS
from scanstation.settings import RepairSettings

GS = "\x1d"
LABEL = f"010952114112345410AB-1{GS}17271231"


def mended(payload: str | bytes, aim: str = "", **rules: object) -> str:
    raw = payload.encode() if isinstance(payload, str) else payload
    text, notes = repair(raw, Repair(**rules), aim)  # type: ignore[arg-type]
    assert bool(notes) == (text != raw)
    return text if isinstance(text, str) else text.decode()


@pytest.mark.parametrize("mapped", ["~", "{GS}", "^", "|"])
def test_a_mapped_separator(mapped: str) -> None:
    sent = LABEL.replace(GS, mapped)
    with pytest.raises(IdentityError) as caught:
        identify(sent)
    assert caught.value.reason is IdentityReason.DAMAGED
    assert mended(sent, gs=mapped) == LABEL
    assert identify(mended(sent, gs=mapped)).lot == "AB-1"


ENVELOPE = f"[)>\x1e06{GS}1PRC_0603^10K{GS}Q250\x1e\x04"


@pytest.mark.parametrize(
    ("gs", "rs", "eot"),
    [("]", "^", "_"), ("{GS}", "{RS}", "{EOT}"), ("^]", "^^", "^D"), ("~", "~", "~"), ("", "|", "#"), ("]", "", ""),
     ("[", ">", ")")],
)  # fmt: skip
def test_gs_rs_and_eot_come_back_where_they_were_and_nowhere_else(gs: str, rs: str, eot: str) -> None:
    sent = "[)>" + ENVELOPE[3:].replace("\x1e", rs or "\x1e").replace("\x04", eot or "\x04").replace(GS, gs or GS)
    if gs != "~":
        with pytest.raises(IdentityError) as caught:
            identify(sent)
    assert mended(sent, gs=gs, rs=rs, eot=eot) == ENVELOPE
    if gs == "]":  # an identifier that was typed keeps its bracket
        assert mended("]d1" + sent, gs=gs, rs=rs, eot=eot) == "]d1" + ENVELOPE
    if gs in ("]", "{GS}", "^]"):
        assert caught.value.reason is IdentityReason.DAMAGED
        assert f"GS as {gs!r}" in str(caught.value) and "repair of its device" in str(caught.value)
        assert not rs or f"RS as {rs!r}, EOT as {eot!r}" in str(caught.value)


def test_rs_and_eot_are_put_back_in_envelopes_only() -> None:
    assert mended("LOC^A_01_", rs="^", eot="_") == "LOC^A_01_"
    text, notes = repair(b"[)>^06]1PA]Q1^_", Repair(gs="]", rs="^", eot="_"))
    assert notes == (
        "put the end of transmission (EOT) back for '_'",
        "put the separator (RS) back for '^'",
        "put the separator (GS) back for ']'",
    )
    assert identify(text).quantity == 1


@pytest.mark.parametrize(
    ("layout", "typed", "meant"),
    [
        ("de", "LOCßA/01-Z", "LOC-A&01/Y"),
        ("de", "Ö12 zY#", ":12 yZ\\"),
        ("fr", "LOC)Q)à&", "LOC-A-01"),
        ("fr", "zqxM;?", "wax:,M"),
    ],
)
def test_a_keyboard_layout(layout: str, typed: str, meant: str) -> None:
    assert mended(typed, layout=layout) == meant
    assert mended(typed.encode("latin-1"), layout=layout) == meant


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_key_that_is_not_lost_comes_back(layout: str) -> None:
    kept = {sign: typed for sign, typed in host(layout).keys.items() if sign not in host(layout).lost()}
    assert len(host(layout).keys) == 95 and len(kept) > 80
    assert repair("".join(kept.values()).encode(), Repair(layout=layout))[0] in ("".join(kept), "".join(kept).encode())


def test_caps_lock_prefix_and_suffix() -> None:
    assert mended("loc-a-01", caps_lock=True) == "LOC-A-01"
    assert mended("*4711#", strip_prefix="*", strip_suffix="#") == "4711"
    assert mended("4711", strip_prefix="*", strip_suffix="#") == "4711"


@pytest.mark.parametrize(
    ("sent", "aim", "rules", "held"),
    [
        ("400638133393", "", {"missing_check_digit": True}, "4006381333931"),
        ("400638133393", "]E0", {"missing_check_digit": True}, "4006381333931"),
        ("9528888", "]E4", {"missing_check_digit": True}, "95288888"),
        ("036000291452", "]E0", {"missing_leading_zero": True}, "0036000291452"),
        ("36000291452", "", {"missing_leading_zero": True}, "036000291452"),
        ("3600029145", "", {"missing_leading_zero": True, "missing_check_digit": True}, "036000291452"),
        ("03600029145", "]E0", {"missing_leading_zero": True, "missing_check_digit": True}, "0036000291452"),
        ("1400638133393", "]I1", {"missing_check_digit": True}, "14006381333938"),
        ("36000291453", "", {"missing_leading_zero": True}, "36000291453"),  # not with this check digit
        ("400638133393", "]C0", {"missing_check_digit": True}, "400638133393"),  # no retail symbol
        ("4711", "", {"missing_leading_zero": True, "missing_check_digit": True}, "4711"),
        ("036000291452", "", {"missing_leading_zero": True}, "036000291452"),
    ],
)
def test_stripped_digits(sent: str, aim: str, rules: dict[str, bool], held: str) -> None:
    assert mended(sent, aim, **rules) == held


@given(st.binary(max_size=60))
def test_without_a_setting_nothing_is_touched(payload: bytes) -> None:
    assert repair(payload, NO_REPAIR) == (payload, ())


@given(
    st.text(max_size=40).map(str.encode) | st.binary(max_size=40),
    st.builds(
        Repair,
        gs=st.sampled_from(["", "~", "{GS}"]),
        caps_lock=st.booleans(),
        layout=st.sampled_from(["", *LAYOUTS]),
        strip_prefix=st.sampled_from(["", "*"]),
        missing_leading_zero=st.booleans(),
        missing_check_digit=st.booleans(),
    ),
    st.sampled_from(["", "]E0", "]C1"]),
)
def test_any_payload_is_repaired_or_handed_back(payload: bytes, rules: Repair, aim: str) -> None:
    try:
        text, notes = repair(payload, rules, aim)
    except IdentityError as error:
        assert rules.layout and error.reason is IdentityReason.CHARACTER
        return
    assert isinstance(text, str) if notes else text is payload


def test_several_repairs_are_told_in_their_order() -> None:
    _, notes = repair(b"*a~b", Repair(strip_prefix="*", caps_lock=True, gs="~"))
    assert notes == ("took off the prefix '*'", "undid caps lock", "put the separator (GS) back for '~'")


def test_the_settings_of_a_device_are_the_repairs() -> None:
    assert list(RepairSettings.model_fields) == [field.name for field in fields(Repair)]
    assert Repair(**RepairSettings().model_dump()) == NO_REPAIR
    assert get_args(RepairSettings.model_fields["layout"].annotation) == ("", *LAYOUTS)
