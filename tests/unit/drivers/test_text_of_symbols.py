"""What bytes of a symbol become as text, by every scanner; and reports of one scan read as one."""

from typing import Any

import pytest

from drivers.protocols import decode, honeywell, ssi_packets
from drivers.protocols.hid_pos import reports

PLAIN, UTF, LATIN = b"Gr\x1d00", "Straße €5".encode(), "Straße 5".encode("latin-1")
TEXTS = {PLAIN: "Gr\x1d00", UTF: "Straße €5", LATIN: "Straße 5"}


def ssi(data: bytes) -> bytes:
    return ssi_packets.packet(ssi_packets.DECODE, b"\x1c" + data, source=0)


def voyager(data: bytes) -> bytes:
    return honeywell.message("]Q1", data, b"s")


def sled(data: bytes) -> bytes:
    return b"CS: .bc\r\nBC: ]Q1" + data + b"\r\nOK:\r\n\r\n"


def pos(data: bytes) -> bytes:
    return b"".join(reports("]Q1", data))


@pytest.mark.parametrize("data", TEXTS)
@pytest.mark.parametrize(
    ("protocol", "wire"),
    [("zebra-ssi", ssi), ("honeywell-spp-msgget", voyager), ("tsl-ascii2", sled), ("hid-pos", pos)],
)
def test_text_is_utf_8_or_else_what_symbols_mean_without_eci(protocol: str, wire: Any, data: bytes) -> None:
    [fields] = decode(protocol, wire(data))
    assert fields["data"] == TEXTS[data]


def test_a_letter_across_two_reports_of_a_scan_is_one_letter() -> None:
    text = "x" * 55 + "ß" + "y" * 54 + "€"
    [fields] = decode("hid-pos", pos(text.encode()))
    assert fields == {"aim": "]Q1", "data": text, "symbology": "QR"}


def test_the_name_of_the_symbology_stands_beside_the_identifier_of_a_honeywell() -> None:
    [fields] = decode("honeywell-spp-msgget", honeywell.message("]d2", b"0109506000134352", b"w"))
    assert fields == {"honeywell_id": "w", "aim": "]d2", "symbology": "GS1-DATAMATRIX", "data": "0109506000134352"}


@pytest.mark.parametrize("bad", [b"30ZZ", b"300", b"3000AB", b""])
def test_an_answer_of_a_sled_whose_only_epc_is_none_gives_nothing(bad: bytes) -> None:
    good = b"EP: E2801191\r\nRI: -48\r\n"
    answer = b"CS: .iv\r\n%sEP: " + bad + b"\r\nRI: -70\r\n%sOK:\r\n\r\n"
    assert decode("tsl-ascii2", answer % (b"", b"")) == []
    for parts in ((good, b""), (b"", good)):
        [fields] = decode("tsl-ascii2", answer % parts)
        tags = [{"epc": "e2801191", "rssi_dbm": -48}]
        assert fields == {"command": ".iv", "ok": True, "rejected": 1, "tags": tags}


def test_lines_of_a_sled_may_be_indented_and_a_code_keeps_its_spaces() -> None:
    assert decode("tsl-ascii2", b"CS: .iv\n  EP: E2801191\n\tRI: -48\n OK:\r\n\r\n") == [
        {"command": ".iv", "ok": True, "tags": [{"epc": "e2801191", "rssi_dbm": -48}]}
    ]
    [fields] = decode("tsl-ascii2", b" CS: .bc\r\n BC:  A 1 \r\nOK:\r\n\r\n")
    assert fields["data"] == " A 1 "
