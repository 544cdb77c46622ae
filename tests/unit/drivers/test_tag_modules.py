"""UHF, LF and HF modules: how they are asked, what is a read, when the tag is gone."""

import pytest

from drivers.errors import Reason
from drivers.protocols import decode, mercury, pn532, r200, uhfreader18
from drivers.protocols.base import LOST, Output
from drivers.protocols.crc import crc16_mercury, crc16_reflected
from drivers.protocols.mercury import MercuryProtocol, Mode
from drivers.protocols.pn532 import Pn532Protocol
from drivers.protocols.r200 import R200Protocol
from drivers.protocols.rdm6300 import Rdm6300Protocol
from drivers.protocols.tsl import TslProtocol
from drivers.protocols.uhfreader18 import UhfReader18Protocol
from drivers.read import Carrier, Verdict

EPC = bytes.fromhex("3034257bf7194e4000001a85")


def bitwise(data: bytes, *, reflected: bool) -> int:
    """Both checksums as the documents describe them, bit by bit."""
    crc = 0xFFFF
    for byte in data:
        if reflected:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
        else:
            for bit in range(7, -1, -1):
                carry, crc = crc & 0x8000, (crc << 1 | byte >> bit & 1) & 0xFFFF
                crc ^= 0x1021 if carry else 0
    return crc


@pytest.mark.parametrize("data", [b"\x00\x03", b"123456789", bytes(range(256)), b"\xff" * 40])
def test_checksums_equal_the_bitwise_definition(data: bytes) -> None:
    assert crc16_reflected(data) == bitwise(data, reflected=True)
    assert crc16_mercury(data) == bitwise(data, reflected=False)


def uhf(status: int, data: bytes, address: int = 0) -> bytes:
    body = bytes([len(data) + 5, address, 1, status]) + data
    return body + crc16_reflected(body).to_bytes(2, "little")


def answer(opcode: int, data: bytes = b"", status: int = 0) -> bytes:
    body = bytes([len(data), opcode]) + status.to_bytes(2, "big") + data
    return b"\xff" + body + crc16_mercury(body).to_bytes(2, "big")


def card(uid: bytes) -> bytes:
    return pn532.frame(pn532.TO_HOST, b"\x4b\x01\x01\x00\x04\x08" + bytes([len(uid)]) + uid)


@pytest.mark.parametrize(
    "protocol",
    [R200Protocol(), UhfReader18Protocol(), MercuryProtocol(), Pn532Protocol()],
    ids=lambda one: type(one).__name__,
)
def test_a_silent_module_is_asked_again_and_is_lost_in_the_end(protocol) -> None:
    first = list(protocol.connected())
    assert first
    outputs = {step: protocol.idle(step / 4) for step in range(1, 25)}
    asked = [step for step, output in outputs.items() if output.replies]
    assert asked == [4, 8, 12, 16, 20]
    assert outputs[4].replies == first
    [notice] = [notice for output in outputs.values() for notice in output.notices]
    assert (notice.kind, notice.fields["reason"]) == (LOST, Reason.TIMEOUT)
    assert "baud" in notice.fields["remedy"]


@pytest.mark.parametrize("kind", [R200Protocol, UhfReader18Protocol, MercuryProtocol, Pn532Protocol])
def test_a_module_that_sends_by_itself_is_not_asked(kind) -> None:
    protocol = kind(poll=False)
    said = [*protocol.connected(), *protocol.closing()]
    assert said == []
    assert protocol.idle(100.0).replies == protocol.idle(100.0).notices == []


def test_r200_gives_epc_pc_and_rssi_and_keeps_empty_rounds_quiet() -> None:
    protocol = R200Protocol()
    assert protocol.connected() == (bytes.fromhex("bb00270003222710837e"),)
    notice = r200.frame(r200.NOTICE, r200.POLL, b"\xc9\x30\x00" + EPC + b"\x12\x34")
    output = protocol.feed(bytes.fromhex("bb01ff000115167e") + notice)
    [frame] = output.frames
    assert (frame.payload, frame.carrier, frame.pc, frame.rssi_dbm) == (EPC, Carrier.EPC, 0x3000, -55.0)
    assert output.notices == []
    assert protocol.closing() == (bytes.fromhex("bb00280000287e"),)


@pytest.mark.parametrize("pc", [b"\x28\x00", b"\x00\x00", b"\x38\x00"])
def test_r200_rejects_a_tag_whose_pc_tells_another_length(pc: bytes) -> None:
    frame = r200.frame(r200.NOTICE, r200.POLL, b"\xc9" + pc + EPC + b"\x12\x34")
    assert R200Protocol().feed(frame).frames == []


def test_r200_end_mark_inside_a_frame_is_data() -> None:
    frame = r200.frame(r200.NOTICE, r200.POLL, b"\xc9\x30\x00" + b"\x7e\xbb" * 6 + b"\x7e\x7e")
    [found] = R200Protocol().feed(frame).frames
    assert found.payload == b"\x7e\xbb" * 6


def test_uhfreader18_several_tags_antenna_and_the_next_round() -> None:
    protocol = UhfReader18Protocol(address=0)
    assert protocol.connected() == (bytes.fromhex("06000104ffd439"),)
    tags = b"\x02\x02" + b"\x0c" + EPC + b"\x5d" + b"\x04\x11\x10\x00\xa4\x43"
    more = protocol.feed(uhf(uhfreader18.MORE, tags))
    assert [(frame.payload, frame.antenna) for frame in more.frames] == [(EPC, 2), (b"\x11\x10\x00\xa4", 2)]
    assert more.replies == []
    assert protocol.feed(uhf(uhfreader18.END, b"\x01\x00")).replies == [bytes.fromhex("06000104ffd439")]
    assert protocol.feed(uhf(uhfreader18.NO_TAG, b"")).replies == [bytes.fromhex("06000104ffd439")]
    assert protocol.feed(uhf(uhfreader18.END, tags, address=7)).frames == []


def test_uhfreader18_of_old_firmware_has_neither_antenna_nor_rssi() -> None:
    [frame] = UhfReader18Protocol().feed(uhf(uhfreader18.END, b"\x01\x0c" + EPC)).frames
    assert (frame.payload, frame.antenna) == (EPC, None)


@pytest.mark.parametrize(
    "data", [b"\x01\x01\x0d" + EPC + b"\x5d", b"\x01\x02\x0c" + EPC + b"\x5d", b"\x01\x01\x00\x5d"]
)
def test_uhfreader18_rejects_a_list_that_does_not_add_up(data: bytes) -> None:
    assert UhfReader18Protocol().feed(uhf(uhfreader18.MORE, data)).frames == []


@pytest.mark.parametrize(("bits", "antenna"), [(1, 1), (2, 2), (4, 3), (8, 4), (0x80, 8), (5, 1), (0, None)])
def test_uhfreader18_names_its_antenna_by_a_bit(bits: int, antenna: int | None) -> None:
    [frame] = UhfReader18Protocol().feed(uhf(uhfreader18.END, bytes([bits, 1, 12]) + EPC + b"\x5d")).frames
    assert (frame.antenna, frame.fields["antenna"], frame.fields["rssi_raw"]) == (antenna, antenna, 0x5D)


def test_uhfreader18_with_fast_id_gives_the_tid_apart() -> None:
    tid = bytes.fromhex("e2801160200061234567890a")
    both = bytes([0x80 | 24]) + EPC + tid + b"\x43"
    frames = UhfReader18Protocol().feed(uhf(uhfreader18.END, b"\x01\x02" + both + b"\x0c" + EPC + b"\x44")).frames
    assert [(frame.payload, frame.fields.get("tid")) for frame in frames] == [(EPC, tid.hex()), (EPC, None)]
    short = bytes([0x80 | 12]) + EPC + b"\x43"
    assert UhfReader18Protocol().feed(uhf(uhfreader18.END, b"\x01\x01" + short)).frames == []


def test_uhfreader18_in_real_time_mode_sends_each_tag_by_itself() -> None:
    protocol = UhfReader18Protocol(poll=False)
    tag = uhfreader18.answer(0, uhfreader18.ACTIVE, 0, b"\x04\x0c" + EPC + b"\x43")
    output = protocol.feed(tag * 2)
    assert [(frame.payload, frame.antenna) for frame in output.frames] == [(EPC, 3)] * 2
    assert (output.replies, output.notices) == ([], [])
    beat = uhfreader18.answer(0, uhfreader18.ACTIVE, 0x28, bytes(16))
    assert protocol.feed(beat).frames == []
    assert protocol.feed(uhfreader18.answer(0, uhfreader18.ACTIVE, 0, b"\x04\x0d" + EPC + b"\x43")).frames == []


LF = b"\x0267003BA86C98\x03"


@pytest.mark.parametrize("repeat", [LF, LF[:-1] + b"\r\n\x03"])
def test_a_held_tag_is_one_read_until_it_was_away_for_the_gap(repeat: bytes) -> None:
    protocol = Rdm6300Protocol(gap=0.5)
    frames = [frame for _ in range(20) for frame in protocol.feed(repeat).frames]
    assert [(frame.payload, frame.carrier) for frame in frames] == [(bytes.fromhex("67003ba86c"), Carrier.TID)]
    protocol.idle(0.25)
    assert protocol.feed(repeat).frames == []
    protocol.idle(0.5)
    assert len(protocol.feed(repeat).frames) == 1
    assert len(protocol.feed(b"\x0267003B51C6CB\x03").frames) == 1
    assert len(protocol.feed(repeat).frames) == 1
    assert len(Rdm6300Protocol(gap=0).feed(repeat * 3).frames) == 3


def test_a_held_card_is_one_read_and_the_search_goes_on() -> None:
    protocol = Pn532Protocol()
    search = bytes.fromhex("0000ff04fcd44a0100e100")
    assert protocol.connected()[-1] == search
    first, second = protocol.feed(pn532.ACK + card(b"\x5c\xbb\xe5\xd5")), protocol.feed(card(b"\x5c\xbb\xe5\xd5"))
    assert [frame.payload for frame in first.frames] == [bytes.fromhex("5cbbe5d5")]
    assert (second.frames, second.replies) == ([], [search])
    protocol.feed(pn532.frame(pn532.TO_HOST, b"\x4b\x00"))
    assert len(protocol.feed(card(b"\x5c\xbb\xe5\xd5")).frames) == 1
    assert len(protocol.feed(card(bytes(7))).frames) == 1


def test_thingmagic_is_set_up_step_by_step_and_then_polled() -> None:
    protocol = MercuryProtocol(region=mercury.REGIONS["na"], wait=250)
    sent = list(protocol.connected())
    steps = [(4, 0x0101), (0x93, 0), (0x91, 0), (0x97, 0), (0x21, 0x0400)]
    for opcode, status in steps:
        assert sent[-1][2] == opcode
        output = protocol.feed(answer(opcode, b"", status))
        assert output.notices == []
        sent += output.replies
    assert sent[-1] == mercury.command(0x21, b"\x00\xfa")
    output = protocol.feed(answer(0x21, EPC + b"\x12\x34"))
    assert [frame.payload for frame in output.frames] == [EPC]
    assert output.replies == [mercury.command(0x21, b"\x00\xfa")]
    assert [notice.kind for notice in protocol.feed(answer(0x97, b"", 0x0105)).notices] == ["error"]


def test_thingmagic_streams_tags_with_antenna_and_rssi() -> None:
    protocol = MercuryProtocol(mode=Mode.STREAM)
    metadata = bytes.fromhex("03c4110e16400000012700000500000f")
    data = bytes.fromhex("10001b01ff01") + metadata + b"\x00\x80\x30\x00" + EPC + b"\x15\x45"
    [frame] = protocol.feed(answer(0x22, data)).frames
    assert (frame.payload, frame.pc, frame.antenna, frame.rssi_dbm, frame.seen_count) == (EPC, 0x3000, 1, -60.0, 3)
    assert protocol.feed(answer(0x22, data[:-1])).frames == []
    assert protocol.closing() == (mercury.command(0x2F, b"\x00\x00\x02"),)


def test_tsl_gives_each_tag_with_what_stands_behind_it() -> None:
    protocol = TslProtocol()
    assert protocol.connected() == (b".iv -ron\r\n",)
    wire = (
        b"CS: .iv -ron\r\nEP: %s\r\nPC: 3000\r\nRI: -61\r\nEP: 11112222\r\nRI: -70\r\nOK:\r\n\r\n" % EPC.hex().encode()
    )
    frames = protocol.feed(wire).frames
    assert [(frame.payload, frame.rssi_dbm, frame.pc) for frame in frames] == [
        (EPC, -61.0, 0x3000),
        (bytes.fromhex("11112222"), -70.0, None),
    ]


def test_tsl_rejects_what_is_no_epc_and_reads_barcodes() -> None:
    output = TslProtocol().feed(b"CS: .iv\r\nEP: 30x4\r\nRI: -61\r\nOK:\r\n\r\nCS: .bc\r\nBC: ]C0LOC-1\r\nOK:\r\n\r\n")
    assert [(frame.aim, frame.payload) for frame in output.frames] == [("]C0", b"LOC-1")]
    assert [notice.kind for notice in output.notices] == ["unreadable"]
    assert output.frames[0].fields == {"aim": "]C0", "data": "LOC-1", "symbology": "CODE128"}


ONE, TWO = b"EP: 3034257BF7194E4000000001\r\n", b"EP: 3034257BF7194E4000000002\r\n"


@pytest.mark.parametrize(
    "damaged",
    [
        b"\xc5P: 3034257BF7194E4000000002\r\n",
        b"DP: 3034257BF7194E4000000002\r\n",
        b"E 3034257BF7194E4000000002\r\n",
        b"EP: 3034257BF7194E400000x002\r\n",
        b"#" * 9000 + b"\r\n",
        b"",
    ],
)
@pytest.mark.parametrize("size", [1, 7, 20_000])
def test_tsl_gives_no_tag_what_stands_behind_a_line_that_cannot_be_read(damaged: bytes, size: int) -> None:
    wire = (
        b"CS: .iv\r\n" + ONE + b"RI: -40\r\n" + damaged + b"RI: -80\r\nPC: 3000\r\n" + TWO + b"RI: -60\r\nOK:\r\n\r\n"
    )
    protocol = TslProtocol()
    frames = [frame for at in range(0, len(wire), size) for frame in protocol.feed(wire[at : at + size]).frames]
    assert [(frame.payload[-1], frame.rssi_dbm, frame.pc) for frame in frames] == [(1, -40.0, None), (2, -60.0, None)]


@pytest.mark.parametrize(
    ("epc", "pc", "taken"),
    [(24, "3000", True), (20, "3000", False), (28, "3000", False), (24, "3A00", True), (28, "3A00", True)],
)
def test_tsl_refuses_a_tag_whose_pc_tells_another_length(epc: int, pc: str, taken: bool) -> None:
    wire = f"CS: .iv\r\nEP: {'30' * (epc // 2)}\r\nPC: {pc}\r\nRI: -40\r\nOK:\r\n\r\n".encode()
    output = TslProtocol().feed(wire)
    assert len(output.frames) == taken
    assert [notice.kind for notice in output.notices] == [] if taken else ["unreadable"]
    assert bool(decode("tsl-ascii2", wire)) == taken


def test_tsl_takes_no_index_of_signs_that_only_look_like_digits() -> None:
    wire = "CS: .iv\r\nEP: 3034\r\nIX: \u00b2\r\nRI: -40\r\nOK:\r\n\r\n".encode()
    assert [frame.fields for frame in TslProtocol().feed(wire).frames] == [{"epc": "3034", "rssi_dbm": -40}]


def test_tsl_sounds_as_a_barcode_was_judged_and_leaves_tags_to_the_sled() -> None:
    protocol = TslProtocol()
    code, tag = (
        protocol.feed(answer).frames[0]
        for answer in (b"CS: .bc\r\nBC: ]C0LOC-1\r\nOK:\r\n\r\n", b"CS: .iv\r\nEP: 11112222\r\nOK:\r\n\r\n")
    )
    sounds = {verdict: protocol.ack(code, verdict) for verdict in Verdict}
    assert sounds[Verdict.OK] == (b".al -bon -voff -dsho -thig\r\n",)
    assert len(set(sounds.values())) == len(Verdict), "every verdict sounds its own way"
    assert protocol.ack(tag, Verdict.OK) == ()
    assert TslProtocol(beep=False).ack(code, Verdict.ERROR) == ()
    assert protocol.feed(b"CS: .al -bon -voff -dsho -thig\r\nOK:\r\n\r\n") == Output(), "its answer is no news"


def test_tsl_polls_only_when_it_is_told_to() -> None:
    closed = b"CS: .iv\r\nER: 005\r\n\r\n"
    assert TslProtocol().feed(closed).replies == []
    output = TslProtocol(poll=True).feed(closed)
    assert (output.replies, output.notices) == ([b".iv -ron\r\n"], [])


def test_a_lost_zero_between_frames_of_the_pn532_costs_neither() -> None:
    protocol = Pn532Protocol(poll=False, gap=0)
    first, second = card(b"\x01\x02\x03\x04"), card(b"\x05\x06\x07\x08")
    assert [frame.payload[0] for frame in protocol.feed(first[:-1] + second + first).frames] == [1, 5, 1]


def test_a_pn532_that_refuses_a_command_says_so() -> None:
    output = Pn532Protocol().feed(pn532.SYNTAX_ERROR + pn532.NACK)
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["error"])
