"""Tag reports: every field, every shape, and bodies that make no sense."""

import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llrpkit.protocol import BitStr, decode_message, impinj, messages, params

from drivers.protocols.llrp.decoder import decode
from drivers.protocols.llrp.framing import Framer
from drivers.protocols.llrp.layout import TID_READ, USER_READ
from drivers.protocols.llrp.protocol import LlrpProtocol
from drivers.protocols.llrp.report import ReportParser, TagReport, report_body, tag_report_data
from drivers.protocols.llrp.wire import MessageType, P, message, tlv, tv

EPC = bytes.fromhex("3034257BF7194E4000001A85")
FULL = TagReport(EPC, 3, -71, 1594174805140192, 1594174805140999, 12, 1, 0x3000)
WORDS = st.binary(min_size=1, max_size=12).map(lambda half: half + half[::-1])
TAGS = st.builds(
    TagReport,
    epc=st.binary(min_size=1, max_size=62),
    antenna=st.none() | st.integers(1, 0xFFFF),
    rssi=st.none() | st.integers(-128, 127),
    first_seen=st.none() | st.integers(0, 2**64 - 1),
    last_seen=st.none() | st.integers(0, 2**64 - 1),
    seen=st.none() | st.integers(0, 0xFFFF),
    rospec=st.none() | st.integers(0, 2**32 - 1),
    pc=st.none() | st.integers(0, 0xFFFF),
    fine=st.none() | st.integers(-32768, 32767),
    tid=st.none() | WORDS,
    user=st.none() | WORDS,
    read=st.none() | WORDS,
)


def parse(body: bytes, *, carry: bool = False) -> list[TagReport]:
    return ReportParser(carry=carry).parse(body)[0]


@settings(max_examples=200, deadline=None)
@given(st.lists(TAGS, max_size=8))
def test_what_is_built_is_parsed_back(tags: list[TagReport]) -> None:
    assert ReportParser(carry=False).parse(report_body(tags)) == (tags, 0)


@settings(max_examples=100, deadline=None)
@given(st.lists(TAGS, max_size=5))
def test_an_independent_library_reads_what_is_built(tags: list[TagReport]) -> None:
    theirs = decode_message(message(MessageType.RO_ACCESS_REPORT, 1, report_body(tags))).tag_report_datas
    assert len(theirs) == len(tags)
    for ours, other in zip(tags, theirs, strict=True):
        epc = other.epc_parameter.epc
        assert (epc if isinstance(epc, bytes) else epc.data) == ours.epc
        assert (other.antenna_id and other.antenna_id.antenna_id) == ours.antenna
        assert (other.peak_rssi and other.peak_rssi.peak_rssi) == ours.rssi
        assert (other.tag_seen_count and other.tag_seen_count.tag_count) == ours.seen


@pytest.mark.parametrize("odd", [FULL._replace(pc=None), TagReport(b"\x01\x02"), FULL._replace(epc=b"\x07" * 14)])
def test_one_tag_of_another_shape_among_many_is_read_in_its_place(odd: TagReport) -> None:
    many = [FULL._replace(epc=bytes([number] * 12), rssi=-number) for number in range(40)]
    for place in (0, 1, 2, 20, 38, 39, 40):
        tags = [*many[:place], odd, *many[place:]]
        assert parse(report_body(tags)) == tags


def test_a_field_left_out_over_a_whole_report_keeps_the_value_sent_last() -> None:
    parser = ReportParser()
    parser.parse(tag_report_data(FULL))
    short = [TagReport(bytes([number] * 12), rssi=-number) for number in range(10)]
    tags, _ = parser.parse(report_body(short))
    assert tags == [FULL._replace(epc=tag.epc, rssi=tag.rssi, pc=None) for tag in short]


def test_an_empty_report_is_fine() -> None:
    assert ReportParser().parse(b"") == ([], 0)


def test_unknown_and_custom_parameters_are_stepped_over_inside_and_beside_a_tag() -> None:
    custom = tlv(P.CUSTOM, bytes.fromhex("0000651a00000039"), b"\xff\xee")
    inside = tlv(P.TAG_REPORT_DATA, tv(P.EPC_96, EPC), custom, tlv(999, b"abc"), tv(P.ANTENNA_ID, 2), custom)
    body = custom + inside + tlv(242, b"survey") + tag_report_data(FULL)
    assert parse(body) == [TagReport(EPC, antenna=2, fine=-18), FULL]


def test_a_tv_parameter_of_a_later_standard_ends_the_tag_but_keeps_it() -> None:
    body = tlv(P.TAG_REPORT_DATA, tv(P.EPC_96, EPC), tv(P.ANTENNA_ID, 2), b"\x9e\x01\x02", tv(P.PEAK_RSSI, -5))
    assert parse(body + tag_report_data(FULL)) == [TagReport(EPC, antenna=2), FULL]


def test_equal_length_but_other_order_is_not_mistaken() -> None:
    one = tlv(P.TAG_REPORT_DATA, tv(P.EPC_96, EPC), tv(P.ANTENNA_ID, 2), tv(P.TAG_SEEN_COUNT, 9))
    two = tlv(P.TAG_REPORT_DATA, tv(P.TAG_SEEN_COUNT, 9), tv(P.EPC_96, EPC), tv(P.ANTENNA_ID, 2))
    assert len(one) == len(two)
    assert parse(one + two + one) == [TagReport(EPC, antenna=2, seen=9)] * 3


def test_epc_lengths_that_differ_in_equally_long_tags_are_not_mistaken() -> None:
    one = tlv(P.TAG_REPORT_DATA, tlv(P.EPC_DATA, (32).to_bytes(2, "big"), b"\x01\x02\x03\x04"))
    two = tlv(P.TAG_REPORT_DATA, tlv(P.EPC_DATA, (16).to_bytes(2, "big"), b"\x01\x02\x03\x04"))
    assert parse(one + two) == [TagReport(b"\x01\x02\x03\x04"), TagReport(b"\x01\x02")]


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        tv(P.ANTENNA_ID, 1),
        tlv(P.EPC_DATA, b"\x00\x00"),  # an EPC of no bits
        tlv(P.EPC_DATA, b"\x00"),
        tlv(P.EPC_DATA, (96).to_bytes(2, "big"), b"short"),
        tv(P.EPC_96, EPC)[:-1],
    ],
)
def test_a_tag_without_a_whole_epc_is_counted_and_not_invented(inside: bytes) -> None:
    body = tlv(P.TAG_REPORT_DATA, inside) + tag_report_data(FULL)
    assert ReportParser().parse(body) == ([FULL], 1)


def test_an_enabled_field_that_is_left_out_is_the_one_sent_last() -> None:
    parser = ReportParser()
    assert parser.parse(tag_report_data(FULL))[0] == [FULL]
    changed = TagReport(b"\x31" * 12, rssi=-40)
    (second,), _ = parser.parse(tag_report_data(changed))
    assert second == FULL._replace(epc=b"\x31" * 12, rssi=-40, pc=None)
    assert ReportParser(carry=False).parse(tag_report_data(FULL) + tag_report_data(changed))[0][1] == changed


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(body: bytes) -> None:
    parser = ReportParser()
    parser.parse(body)
    parser.parse(tlv(P.TAG_REPORT_DATA, body))
    assert parser.parse(tag_report_data(FULL)) == ([FULL], 0)


def optional(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | value


U16, U64 = st.integers(0, 0xFFFF), st.integers(0, 2**64 - 1)
RESULTS = st.lists(
    st.one_of(
        st.builds(
            params.C1G2ReadOpSpecResult,
            result=st.sampled_from([0, 0, 1, 5]),
            op_spec_id=st.sampled_from([1, TID_READ, USER_READ]),
            read_data=st.lists(U16, max_size=8),
        ),
        st.builds(params.C1G2WriteOpSpecResult, op_spec_id=U16),
    ),
    max_size=2,
)
IMPINJ = st.lists(
    st.one_of(
        st.builds(impinj.ImpinjPeakRSSI, rssi=st.integers(-9000, 0)),
        st.builds(impinj.ImpinjRFPhaseAngle, phase_angle=st.integers(0, 4095)),
        st.builds(impinj.ImpinjSerializedTID, t_id=st.lists(U16, max_size=6)),
    ),
    max_size=3,
)
THEIRS = st.builds(
    params.TagReportData,
    epc_parameter=st.one_of(
        st.builds(params.EPC_96, epc=st.binary(min_size=12, max_size=12)),
        st.builds(params.EPCData, epc=st.binary(min_size=1, max_size=62).map(BitStr.from_bytes)),
    ),
    ro_spec_id=optional(st.builds(params.ROSpecID, ro_spec_id=st.integers(0, 2**32 - 1))),
    spec_index=optional(st.builds(params.SpecIndex, spec_index=U16)),
    inventory_parameter_spec_id=optional(st.builds(params.InventoryParameterSpecID, inventory_parameter_spec_id=U16)),
    antenna_id=optional(st.builds(params.AntennaID, antenna_id=U16)),
    peak_rssi=optional(st.builds(params.PeakRSSI, peak_rssi=st.integers(-128, 127))),
    channel_index=optional(st.builds(params.ChannelIndex, channel_index=U16)),
    first_seen_timestamp_utc=optional(st.builds(params.FirstSeenTimestampUTC, microseconds=U64)),
    first_seen_timestamp_uptime=optional(st.builds(params.FirstSeenTimestampUptime, microseconds=U64)),
    last_seen_timestamp_utc=optional(st.builds(params.LastSeenTimestampUTC, microseconds=U64)),
    last_seen_timestamp_uptime=optional(st.builds(params.LastSeenTimestampUptime, microseconds=U64)),
    tag_seen_count=optional(st.builds(params.TagSeenCount, tag_count=U16)),
    air_protocol_tag_datas=st.lists(
        st.one_of(st.builds(params.C1G2_PC, pc_bits=U16), st.builds(params.C1G2_CRC, crc=U16)), max_size=2
    ),
    access_spec_id=optional(st.builds(params.AccessSpecID, access_spec_id=st.integers(0, 2**32 - 1))),
    access_command_op_spec_results=RESULTS,
    custom=IMPINJ,
)


def ours(tag: Any) -> TagReport:
    """What we read of a tag of the other library: its own words for the fields that we know."""
    epc = tag.epc_parameter.epc
    pcs = [data.pc_bits for data in tag.air_protocol_tag_datas if isinstance(data, params.C1G2_PC)]
    return TagReport(
        epc=epc if isinstance(epc, bytes) else epc.data,
        antenna=tag.antenna_id and tag.antenna_id.antenna_id,
        rssi=tag.peak_rssi and tag.peak_rssi.peak_rssi,
        first_seen=tag.first_seen_timestamp_utc and tag.first_seen_timestamp_utc.microseconds,
        last_seen=tag.last_seen_timestamp_utc and tag.last_seen_timestamp_utc.microseconds,
        seen=tag.tag_seen_count and tag.tag_seen_count.tag_count,
        rospec=tag.ro_spec_id and tag.ro_spec_id.ro_spec_id,
        pc=pcs[0] if pcs else None,
        fine=next((one.rssi for one in tag.custom if isinstance(one, impinj.ImpinjPeakRSSI)), None),
        **memories(tag),
    )


def memories(tag: Any) -> dict[str, bytes]:
    """What was read of the tag's memory, the first of each: by operations, by Impinj's reader itself."""
    found: dict[str, bytes] = {}
    for one in (*tag.access_command_op_spec_results, *tag.custom):
        if isinstance(one, params.C1G2ReadOpSpecResult) and one.result == 0 and one.read_data:
            name = {TID_READ: "tid", USER_READ: "user"}.get(one.op_spec_id, "read")
            found.setdefault(name, struct.pack(f">{len(one.read_data)}H", *one.read_data))
        elif isinstance(one, impinj.ImpinjSerializedTID) and one.t_id:
            found.setdefault("tid", struct.pack(f">{len(one.t_id)}H", *one.t_id))
    return found


def test_chip_number_user_memory_and_fine_level_reach_the_read() -> None:
    chip, user = bytes.fromhex("e280116020007d3b8a4b0a11"), bytes.fromhex("cafe0102")
    tag = FULL._replace(fine=-5234, tid=chip, user=user)
    protocol = LlrpProtocol()
    [frame] = protocol.feed(message(MessageType.RO_ACCESS_REPORT, 1, tag_report_data(tag))).frames
    assert (frame.rssi_dbm, frame.tid, frame.user) == (-52.34, chip, user)
    other = FULL._replace(read=chip)  # read by an AccessSpec of another program
    assert (other.chip, other.rssi_dbm, FULL.chip, FULL._replace(read=b"\xca\xfe" * 6).chip) == (
        chip,
        -71.0,
        None,
        None,
    )
    [fields] = decode(message(MessageType.RO_ACCESS_REPORT, 1, tag_report_data(tag)))
    assert (fields["rssi_dbm"], fields["peak_rssi"], fields["tid"], fields["user"]) == (
        -52.34,
        -71,
        chip.hex(),
        "cafe0102",
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(THEIRS, max_size=6), st.lists(THEIRS, max_size=3))
def test_every_parameter_that_an_independent_library_can_write(first: list[Any], second: list[Any]) -> None:
    """With all that a report may hold: uptime beside UTC, ids of every width, results of operations, Impinj's own."""
    reports = [
        messages.RO_ACCESS_REPORT(tag_report_datas=tags).to_bytes(message_id=number)
        for number, tags in enumerate((first, second), start=1)
    ]
    found = [tag for received in Framer().feed(b"".join(reports)) for tag in parse(received.body)]
    assert found == [ours(tag) for tag in (*first, *second)]


@pytest.mark.parametrize("epc", [tlv(P.EPC_DATA, b"\0\0"), b""], ids=["of no bits", "left out"])
def test_a_tag_without_an_epc_is_read_as_one(epc: bytes) -> None:
    """It is told and costs no other tag; a station counts it as not readable."""
    bare = tlv(P.TAG_REPORT_DATA, epc, tv(P.ANTENNA_ID, 3), tv(P.PEAK_RSSI, -50))
    whole = tag_report_data(TagReport(bytes(range(12)), antenna=1))
    report = message(MessageType.RO_ACCESS_REPORT, 1, whole + bare + whole)
    found = decode(report)
    assert [tag["epc"] for tag in found] == [bytes(range(12)).hex(), "", bytes(range(12)).hex()]
    assert (found[1]["antenna"], found[1]["rssi_dbm"]) == (3, -50)
    tags, bad = ReportParser().parse(whole + bare + whole)
    assert ([tag.epc for tag in tags], bad) == ([bytes(range(12))] * 2, 1)


def test_an_epc_that_claims_more_bits_than_there_are_is_none() -> None:
    lies = tlv(P.TAG_REPORT_DATA, tlv(P.EPC_DATA, b"\0\x60", b"12"), tv(P.ANTENNA_ID, 3))
    assert decode(message(MessageType.RO_ACCESS_REPORT, 1, lies)) == []
