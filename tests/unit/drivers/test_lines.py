"""The line protocol, framing by framing."""

import json
from pathlib import Path

import pytest

from drivers.errors import DriverError
from drivers.protocols import DECODERS, decode, make_protocol
from drivers.protocols.aim import split_aim, symbology
from drivers.protocols.base import Output
from drivers.protocols.lines import LONGEST_LINE, LineProtocol, LineSettings
from drivers.read import Verdict
from drivers.url import Options, parse_url


def lines(query: str = "") -> LineProtocol:
    protocol = make_protocol(Options(parse_url("serial:x" + query, "serial:x"), "serial:x"))
    assert isinstance(protocol, LineProtocol)
    return protocol


def got(output: Output) -> list[tuple[str, bytes]]:
    return [(frame.aim, frame.payload) for frame in output.frames]


@pytest.mark.parametrize(
    ("query", "wire", "expected"),
    [
        ("", b"4006381333931\r", [("", b"4006381333931")]),
        ("", b"A\nB\r\nC\r", [("", b"A"), ("", b"B"), ("", b"C")]),
        ("", b"\r\n\r\n", []),
        ("", b"]E04006381333931\r\n", [("]E0", b"4006381333931")]),
        ("", b"]d20109506000134352\x1d21XYZ\x1d10L1\r", [("]d2", b"0109506000134352\x1d21XYZ\x1d10L1")]),
        ("", b"]zC12\r]XF12\r", [("]zC", b"12"), ("]XF", b"12")]),
        ("", b"]-0A\r]12\r]\r]C\r", [("", b"]-0A"), ("", b"]12"), ("", b"]"), ("", b"]C")]),
        ("?aim=keep", b"]C1X\r", [("", b"]C1X")]),
        ("?aim=require", b"678\r]C1X\r", [("]C1", b"X")]),
        ("?framing=cr", b"A\nB\rC\r", [("", b"C")]),
        ("?framing=crlf", b"A\r\nB\r\n", [("", b"A"), ("", b"B")]),
        ("?framing=lf", b"A\nB\n", [("", b"A"), ("", b"B")]),
        ("?framing=stx-etx", b"\x02LOC-A-01\x03", [("", b"LOC-A-01")]),
        ("?framing=stx-etx", b"\x02LOC-A-01\x03\r\n\x02]C0B\x03\r\n", [("", b"LOC-A-01"), ("]C0", b"B")]),
        ("?framing=stx-etx", b"\x02lost its end\x02B\x03", [("", b"B")]),
        ("?framing=stx-etx", b"no start\x03\x02B\x03", [("", b"B")]),
        ("?prefix=P%3A&suffix=%21", b"P:A!x!P:P:B!", [("", b"A"), ("", b"P:B")]),
        ("?charset=latin-1", b"\xc4\r", [("", b"\xc4")]),
        ("?charset=binary", b"\x01\x80\r", [("", b"\x01\x80")]),
        ("", "Ä".encode() + b"\r", [("", "Ä".encode())]),
        ("", b"[)>\x1e06\x1dP123\x1e\x04\r", [("", b"[)>\x1e06\x1dP123\x1e\x04")]),
        ("?no_read=", b"ERROR\r", [("", b"ERROR")]),
        ("", b"]C0ERROR\r", [("]C0", b"ERROR")]),
    ],
)
def test_framing(query: str, wire: bytes, expected: list[tuple[str, bytes]]) -> None:
    assert got(lines(query).feed(wire)) == expected


def test_framing_cr_keeps_a_line_feed_out_of_labels() -> None:
    output = lines("?framing=cr").feed(b"\nB\r")
    assert [notice.kind for notice in output.notices] == ["noise"]


@pytest.mark.parametrize("wire", [b"a\x00b\r", b"\x7f\r", b"\xff\xfe\r", b"]C1\r"])
def test_what_can_be_no_label_is_noise(wire: bytes) -> None:
    output = lines().feed(wire)
    assert output.frames == []
    [notice] = output.notices
    assert notice.kind == "noise"
    assert notice.fields == {"hex": wire[:-1].hex()}


def test_a_missed_read_is_a_notice() -> None:
    output = lines().feed(b"ERROR\rA\r")
    assert got(output) == [("", b"A")]
    assert [notice.kind for notice in output.notices] == ["no_read"]
    assert got(lines("?no_read=NOREAD").feed(b"NOREAD\rERROR\r")) == [("", b"ERROR")]


@pytest.mark.parametrize("portion", [1, 7, 4096, 100_000])
@pytest.mark.parametrize("query", ["", "?framing=crlf", "?framing=stx-etx", "?prefix=%3E%3E"])
def test_the_rest_of_an_overlong_line_is_no_read(query: str, portion: int) -> None:
    protocol = lines(query)
    before, end = {"?framing=stx-etx": (b"\x02", b"\x03"), "?prefix=%3E%3E": (b">>", b"\r")}.get(query, (b"", b"\r\n"))
    wire = before + b"A" * (2 * LONGEST_LINE + 777) + end + before + b"good" + end + before + b"B" * LONGEST_LINE + end
    outputs = [protocol.feed(wire[at : at + portion]) for at in range(0, len(wire), portion)]
    frames = [frame.payload for output in outputs for frame in output.frames]
    assert frames == [b"good", b"B" * LONGEST_LINE]
    assert "overflow" in {notice.kind for output in outputs for notice in output.notices}


def test_a_line_of_exactly_the_limit_passes() -> None:
    protocol = LineProtocol(LineSettings(longest=4))
    assert got(protocol.feed(b"1234\r12345\r1234\r")) == [("", b"1234"), ("", b"1234")]


def test_framed_lines_survive_unframed_garbage_right_before_them() -> None:
    protocol = lines("?framing=stx-etx")
    protocol.feed(b"g" * 100_000)
    assert got(protocol.feed(b"\x02good\x03")) == [("", b"good")]


@pytest.mark.parametrize(
    ("aim", "name"),
    [("]E0", "EAN13"), ("]E4", "EAN8"), ("]C0", "CODE128"), ("]C1", "GS1-128"), ("]d2", "GS1-DATAMATRIX")],
)
def test_names_of_symbologies(aim: str, name: str) -> None:
    assert symbology(aim) == name


def test_an_unknown_identifier_has_no_name_and_is_still_taken_off() -> None:
    assert symbology("]n1") is None
    assert symbology("") is None
    assert split_aim(b"]n1data") == ("]n1", b"data")


def test_captured_frames_decode_as_documented(shared: Path) -> None:
    wanted = {"serial-aim-cr", "serial-stx-etx", "keyence-sr-tcp"}
    rows = [json.loads(line) for line in (shared / "data/devices/frames.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["protocol"] in wanted and row["direction"] == "device->host"]
    assert {row["protocol"] for row in rows} == wanted
    for row in rows:
        data = bytes.fromhex(row["hex"]) if "hex" in row else row["text"].encode()
        assert decode(row["protocol"], data) == [row["expect"]], row["id"]


def test_an_unknown_wire_format_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="no decoder for protocol 'morse'; there are ") as caught:
        decode("morse", b"")
    assert all(name in str(caught.value) for name in DECODERS)


def test_wrong_options_are_all_reported_with_the_known_ones() -> None:
    options = Options(parse_url("serial:x?aim=maybe&charset=klingon&framing=tab&colour=red", "serial:x"), "serial:x")
    make_protocol(options)
    with pytest.raises(DriverError) as caught:
        options.finish()
    text = str(caught.value)
    assert "option aim=maybe must be one of strip, keep, require" in text
    assert "klingon is not known" in text
    assert "option framing=tab must be one of any, cr, lf, crlf, stx-etx" in text
    assert "unknown option colour (known here: protocol, framing, suffix, charset, prefix, no_read, aim, " in text


def test_the_scanner_is_told_what_its_settings_say_for_each_verdict() -> None:
    protocol = lines("?ok=%06&duplicate=%06&error=BEEP%0D")
    [frame] = protocol.feed(b"CODE\r").frames
    told = {verdict: protocol.ack(frame, verdict) for verdict in Verdict}
    assert told == {
        Verdict.OK: (b"\x06",),
        Verdict.DUPLICATE: (b"\x06",),
        Verdict.ERROR: (b"BEEP\r",),
        Verdict.UNKNOWN: (),
        Verdict.ASKED: (),
        Verdict.REFUSED: (),
    }
    assert LineProtocol().ack(frame, Verdict.OK) == ()
