"""Zebra SSI, packet by packet: what is delivered, what is answered, and when."""

import json
import random
from pathlib import Path

import pytest

from drivers import Verdict
from drivers.protocols import FrameReader
from drivers.protocols.ssi import TONES, SsiProtocol
from drivers.protocols.ssi_codes import CODE_TYPES, aim_and_payload, name_of
from drivers.protocols.ssi_packets import ACK, BEEP, DECODE, NAK, SEGMENT, SEGMENT_ACK, packet
from drivers.transports.slot import FileSlot, NoSlot

ACK_PACKET = bytes.fromhex("04d00400ff28")


def scanner(slot=None) -> SsiProtocol:
    protocol = SsiProtocol(slot or NoSlot(), "test")
    protocol.connected()
    return protocol


def scan(data: bytes, status: int = 0, code: int = 0x03) -> bytes:
    return packet(DECODE, bytes([code]) + data, source=0, status=status)


def segment(index: int, data: bytes) -> bytes:
    return packet(SEGMENT, bytes([index]) + data, source=0)


def opcodes(replies) -> list[int]:
    return [reply[1] for reply in replies]


def payloads(output) -> list[bytes]:
    return [frame.payload for frame in output.frames]


def test_packets_have_the_printed_checksums() -> None:
    assert packet(ACK) == ACK_PACKET
    assert packet(BEEP, b"\x00") == bytes.fromhex("05e6040000ff11")
    assert packet(0xE9, status=8) == bytes.fromhex("04e90408ff07")
    assert packet(DECODE, b"\x01NR", source=0) == bytes.fromhex("07f30000014e52fe65")


def test_a_scan_is_acknowledged_when_it_is_durable_and_not_before() -> None:
    protocol = scanner()
    output = protocol.feed(scan(b"ABC"))
    [frame] = output.frames
    assert (frame.aim, frame.payload, frame.read_id) == ("]C0", b"ABC", "ssi-test-1")
    assert output.replies == []
    assert protocol.ack(frame, Verdict.OK)[0] == ACK_PACKET
    assert protocol.ack(frame, Verdict.OK) == ()


def test_every_verdict_has_a_tone_of_its_own() -> None:
    assert set(TONES) == set(Verdict)
    assert len(set(TONES.values())) == len(TONES)
    heard = []
    for verdict in Verdict:
        protocol = scanner()
        [frame] = protocol.feed(scan(b"A")).frames
        heard.append(protocol.ack(frame, verdict)[1])
    assert heard == [packet(BEEP, bytes([TONES[verdict]])) for verdict in Verdict]


def test_a_bad_checksum_is_refused_once_and_the_repeat_is_delivered() -> None:
    protocol = scanner()
    bad = bytearray(scan(b"ABC"))
    bad[5] ^= 0x10
    output = protocol.feed(bytes(bad))
    output.replies += protocol.idle(0.3).replies
    assert output.frames == []
    assert output.replies == [packet(NAK, b"\x01")]
    assert payloads(protocol.feed(scan(b"ABC", status=1))) == [b"ABC"]


def test_every_changed_byte_is_noticed() -> None:
    whole = scan(b"4006381333931", code=0x0B)
    for at in range(len(whole)):
        for bit in range(8):
            spoilt = bytearray(whole)
            spoilt[at] ^= 1 << bit
            protocol = scanner()
            found = payloads(protocol.feed(bytes(spoilt))) + payloads(protocol.idle(0.3))
            assert found == [], (at, bit)
            assert payloads(protocol.feed(whole)) == [b"4006381333931"]


def test_a_repeat_while_the_first_copy_is_not_durable_waits_with_it() -> None:
    protocol = scanner()
    [frame] = protocol.feed(scan(b"A")).frames
    again = protocol.feed(scan(b"A", status=1))
    assert (again.frames, again.replies) == ([], [])
    assert opcodes(protocol.ack(frame, Verdict.OK)) == [ACK, BEEP]


def test_a_repeat_after_a_lost_acknowledgement_is_acknowledged_again_at_once() -> None:
    protocol = scanner()
    [frame] = protocol.feed(scan(b"A")).frames
    protocol.ack(frame, Verdict.OK)
    again = protocol.feed(scan(b"A", status=1))
    assert (again.frames, again.replies) == ([], [ACK_PACKET])


def test_the_same_code_scanned_twice_is_two_reads() -> None:
    protocol = scanner()
    [first] = protocol.feed(scan(b"A")).frames
    protocol.ack(first, Verdict.OK)
    [second] = protocol.feed(scan(b"A")).frames
    assert first.read_id != second.read_id


def test_the_second_scan_of_a_code_is_not_lost_when_its_first_copy_was_spoilt() -> None:
    protocol = scanner()
    [frame] = protocol.feed(scan(b"A")).frames
    protocol.ack(frame, Verdict.OK)
    assert opcodes(protocol.feed(scan(b"A")[:-1] + b"\x00").replies) == [NAK]
    assert payloads(protocol.feed(scan(b"A", status=1))) + payloads(protocol.idle(0.3)) == [b"A"]


def test_an_acknowledgement_is_not_sent_for_a_scan_that_was_given_up() -> None:
    protocol = scanner()
    [first] = protocol.feed(scan(b"A")).frames
    [second] = protocol.feed(scan(b"B")).frames
    assert protocol.ack(first, Verdict.OK) == ()
    assert opcodes(protocol.ack(second, Verdict.OK)) == [ACK, BEEP]


def test_a_scan_that_comes_again_after_a_reconnect_keeps_its_id() -> None:
    protocol = scanner()
    [first] = protocol.feed(scan(b"A")).frames
    protocol.connected()
    [second] = protocol.feed(scan(b"A", status=1)).frames
    assert first.read_id == second.read_id
    assert opcodes(protocol.ack(second, Verdict.OK)) == [ACK, BEEP]


def test_a_scan_that_comes_again_to_a_new_host_keeps_its_id(tmp_path: Path) -> None:
    slot = FileSlot(tmp_path / "memory")
    [first] = scanner(slot).feed(scan(b"012345678905", code=0x08)).frames
    heir = SsiProtocol(slot, "another")
    heir.connected()
    [second] = heir.feed(scan(b"012345678905", status=1, code=0x08)).frames
    assert second == first
    heir.ack(second, Verdict.OK)
    third = SsiProtocol(slot, "third")
    third.connected()
    [fresh] = third.feed(scan(b"012345678905", status=1, code=0x08)).frames
    assert fresh.read_id == "ssi-test-2"  # the first was acknowledged: the scanner has something new


@pytest.mark.parametrize("spoilt", [b"", b"{", b"[]", b'{"series": 1, "colour": 2}', b'{"series": "x", "number": "y"}'])
def test_a_spoilt_memory_is_begun_anew(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / "memory").write_bytes(spoilt)
    [frame] = scanner(FileSlot(tmp_path / "memory")).feed(scan(b"A")).frames
    assert frame.read_id == "ssi-test-1"


def test_a_memory_that_cannot_be_written_is_told_and_costs_no_read(tmp_path: Path) -> None:
    output = scanner(FileSlot(tmp_path / "missing" / "memory")).feed(scan(b"A"))
    assert payloads(output) == [b"A"]
    assert [notice.kind for notice in output.notices] == ["memory"]


def test_a_message_in_several_packets_is_one_read_and_its_parts_are_acknowledged_at_once() -> None:
    protocol = scanner()
    parts = [scan(b"x" * 250, 2, 0x1C), scan(b"y" * 250, 2, 0x1C), scan(b"z", 0, 0x1C)]
    outputs = [protocol.feed(part) for part in parts]
    assert [opcodes(output.replies) for output in outputs] == [[ACK], [ACK], []]
    [frame] = outputs[2].frames
    assert (frame.aim, frame.payload) == ("]Q1", b"x" * 250 + b"y" * 250 + b"z")


def test_a_repeated_part_is_taken_once() -> None:
    protocol = scanner()
    protocol.feed(scan(b"x", 2))
    assert opcodes(protocol.feed(scan(b"x", 3)).replies) == [ACK]
    assert payloads(protocol.feed(scan(b"z"))) == [b"xz"]


def test_the_end_of_a_message_whose_beginning_is_gone_is_no_read(tmp_path: Path) -> None:
    slot = FileSlot(tmp_path / "memory")
    scanner(slot).feed(scan(b"x" * 250, 2, 0x1C))
    heir = scanner(slot)
    output = heir.feed(scan(b"tail", 0, 0x1C))
    assert output.frames == []
    assert output.replies == [ACK_PACKET, packet(BEEP, bytes([TONES[Verdict.ERROR]]))]
    assert [notice.kind for notice in output.notices] == ["no_read"]
    assert payloads(heir.feed(scan(b"next", 0, 0x1C))) == [b"next"]


def test_segments_make_one_read() -> None:
    protocol = scanner()
    data = random.Random(1).randbytes(500)
    head = b"\xf3" + (503).to_bytes(4, "big") + b"\x1c\x01" + (500).to_bytes(2, "big")
    packets = [segment(0, head + data[:241]), segment(1, data[241:491]), segment(2, data[491:])]
    outputs = [protocol.feed(one) for one in packets]
    assert [opcodes(output.replies) for output in outputs] == [[SEGMENT_ACK], [SEGMENT_ACK], []]
    assert payloads(outputs[2]) == [data]
    assert opcodes(protocol.ack(outputs[2].frames[0], Verdict.OK)) == [SEGMENT_ACK, BEEP]


def test_segments_out_of_order_are_no_read() -> None:
    protocol = scanner()
    head = b"\xf3" + (23).to_bytes(4, "big") + b"\x1c\x01" + (20).to_bytes(2, "big")
    protocol.feed(segment(0, head + b"a" * 10))
    assert protocol.feed(segment(2, b"c" * 10)).frames == []
    assert protocol.feed(segment(1, b"b" * 10)).frames == []
    assert protocol.feed(segment(1, b"b" * 10)).frames == []


def test_an_endless_message_is_bounded() -> None:
    protocol = scanner()
    kinds = [notice.kind for _ in range(80) for notice in protocol.feed(scan(b"x" * 250, 2)).notices]
    assert "overflow" in kinds
    assert protocol.feed(scan(b"the rest")).frames == []
    assert payloads(protocol.feed(scan(b"next"))) == [b"next"]


def test_no_read_and_other_packets_are_notices() -> None:
    protocol = scanner()
    output = protocol.feed(
        bytes.fromhex("07f30000014e52fe65") + bytes.fromhex("05f6000020fee5") + packet(ACK, source=0)
    )
    assert output.frames == []
    assert [notice.kind for notice in output.notices] == ["no_read", "answer", "answer"]
    assert output.replies == [ACK_PACKET, ACK_PACKET]
    assert payloads(protocol.feed(scan(b"NR"))) == [b"NR"]


def test_a_packet_behind_a_lying_length_is_found_after_a_pause() -> None:
    protocol = scanner()
    assert protocol.feed(b"\xff\xf3\x00\x00" + scan(b"A")).frames == []
    assert protocol.idle(0.1).frames == []
    assert payloads(protocol.idle(0.3)) == [b"A"]


@pytest.mark.parametrize(
    ("code", "data", "aim", "payload"),
    [
        (0x08, b"012345678905", "]E0", b"0012345678905"),
        (0x08, b"0012345678905", "]E0", b"0012345678905"),
        (0x09, b"01234531", "]E0", b"0012300000451"),
        (0x09, b"01234541", "]E0", b"0012340000051"),
        (0x09, b"01234565", "]E0", b"0012345000065"),
        (0x09, b"01234505", "]E0", b"0012000003455"),
        (0x09, b"123456", "", b"123456"),
        (0x0B, b"4006381333931", "]E0", b"4006381333931"),
        (0x0B, b"400638133393112", "", b"400638133393112"),
        (0x0A, b"96385074", "]E4", b"96385074"),
        (0x0F, b"0109506000134352", "]C1", b"0109506000134352"),
        (0x7E, b"x", "", b"x"),
        (0x1B, b"]d20109506000134352", "]d2", b"0109506000134352"),
        (0x1C, b"]Q3HTTPS", "]Q3", b"HTTPS"),
        (0x08, b"]E0012345678905", "]E0", b"0012345678905"),
        (0x0A, b"]E496385074", "]E4", b"96385074"),
        (0x17, b"]C1253", "]C1", b"253"),
        (0x08, b"ABCDEFGHIJKL", "", b"ABCDEFGHIJKL"),
        (0x08, b"4006381333931", "", b"4006381333931"),
        (0x09, b"71234565", "", b"71234565"),
        (0x48, b"01234567890512", "]E3", b"001234567890512"),
        (0x48, b"001234567890512", "]E3", b"001234567890512"),
        (0x48, b"]E301234567890512", "]E3", b"001234567890512"),
        (0x48, b"012345678905", "", b"012345678905"),
        (0x48, b"01234567890512345", "", b"01234567890512345"),
        (0x48, b"0123456789051X", "", b"0123456789051X"),
        (0x88, b"01234567890512345", "]E3", b"001234567890512345"),
        (0x88, b"01234567890512", "", b"01234567890512"),
        (0x4B, b"400638133393112", "]E3", b"400638133393112"),
        (0x4B, b"400638133393112345", "", b"400638133393112345"),
        (0x8B, b"400638133393112345", "]E3", b"400638133393112345"),
        (0x8B, b"400638133393112", "", b"400638133393112"),
        (0x49, b"0123456512", "", b"0123456512"),
        (0x4A, b"9638507412", "", b"9638507412"),
        (0x03, b"]d2is what the label says", "]C0", b"]d2is what the label says"),
        (0x03, b"]C0", "]C0", b"]C0"),
    ],
)
def test_code_types(code: int, data: bytes, aim: str, payload: bytes) -> None:
    assert aim_and_payload(code, data) == (aim, payload)


def test_every_code_type_has_a_name() -> None:
    assert all(name_of(code) for code in CODE_TYPES)
    assert name_of(0x7E) is None


def test_captured_packets_decode_as_documented(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "data/devices/frames.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["protocol"] == "zebra-ssi" and row["direction"] == "device->host"]
    assert len(rows) == 14
    read = FrameReader()
    for row in rows:
        found = read("zebra-ssi", bytes.fromhex(row["hex"]))
        if not row["valid"]:
            assert found == []
            continue
        [fields], want = found, row["expect"]
        if prefix := want.pop("data_prefix", ""):
            assert fields["data"].startswith(prefix)
        if want.get("attributes") == [10061]:  # the row names the attribute alone
            want["attributes"] = {"10061": "0000010302030303040305030603"}
        assert {key: fields.get(key) for key in want} == want, row["id"]


def test_the_captured_segments_make_the_whole_code(shared: Path) -> None:
    rows = [json.loads(line) for line in (shared / "data/devices/frames.jsonl").read_text().splitlines()]
    wire = b"".join(bytes.fromhex(row["hex"]) for row in rows if row.get("expect", {}) and row["expect"].get("group"))
    [frame] = scanner().feed(wire).frames
    assert (frame.aim, frame.payload) == ("]Q1", b"Z" * 500)
