"""Events of Zebra sleds and of Impinj readers with all that their makers document, beyond the captured ones."""

import json
from typing import Any

import pytest

from drivers import Carrier
from drivers.protocols import FrameReader, decode
from drivers.protocols.json_formats import FORMATS, refusals

EPC, OTHER = "3034257bf7194e4000001a85", "3034257bf7194e4000001a86"


def fed(word: str, *events: Any, sender: str = "sled"):
    return FORMATS[word].protocol(sender).feed(json.dumps(list(events)).encode())


def sled(tags: Any = None, codes: Any = None, at: str = "2026-05-19T14:23:11Z") -> dict[str, Any]:
    data = {"tagData": tags} | ({} if codes is None else {"barcodeData": codes}) if tags is not None else {}
    data = data or {"barcodeData": codes}
    return {"type": "BALANCED_PERFORMANCE", "timestamp": at, "data": data}


def test_a_sled_reports_its_tags_in_batches() -> None:
    seen = {"EPCid": EPC.upper(), "EPC": EPC.upper(), "eventNum": 1, "peakRssi": -39, "seenCount": 3}
    times = {"firstSeenTime": 1_790_000_000_100, "lastSeenTime": 1_790_000_000_250}
    output = fed("zebra", sled([seen | times, {"EPCid": OTHER, "eventNum": 2, "accessResults": ["READ-TID-SUCCESS"]}]))
    assert [frame.payload.hex() for frame in output.frames] == [EPC, OTHER]
    first, second = output.frames
    assert (first.rssi_dbm, first.seen_count, first.device_time) == (-39.0, 3, 1_790_000_000_250_000)
    assert (second.rssi_dbm, second.seen_count, second.antenna) == (None, None, None)
    assert second.device_time == 1_779_200_591_000_000, "the time of the event where the tag has none"
    assert output.notices == []


def test_a_sled_reports_its_codes_beside_the_tags() -> None:
    codes = [{"symbology": "CODE_39", "decodedBarcode": "ABC-12345"}, {"symbology": "X", "decodedBarcode": "7"}]
    output = fed("zebra", sled([{"EPCid": EPC}], codes, at="2026-05-19T14:23:11.250Z"))
    assert [(frame.carrier, frame.payload, frame.aim) for frame in output.frames] == [
        (Carrier.EPC, bytes.fromhex(EPC), ""),
        (Carrier.BARCODE, b"ABC-12345", "]A0"),
        (Carrier.BARCODE, b"7", ""),
    ]


def test_a_code_that_comes_again_is_known_where_its_time_is_exact() -> None:
    def ids(at: str, sender: str = "sled") -> list[str | None]:
        codes = [{"decodedBarcode": "7"}, {"decodedBarcode": "7"}]
        return [frame.read_id for frame in fed("zebra", sled(codes=codes, at=at), sender=sender).frames]

    exact = ids("2026-05-19T14:23:11.250Z")
    assert exact == ids("2026-05-19T14:23:11.250Z")
    assert len(set(exact)) == 2, "two in one event are two scans"
    assert not set(exact) & {*ids("2026-05-19T14:23:11.251Z"), *ids("2026-05-19T14:23:11.250Z", sender="other")}
    assert ids("2026-05-19T14:23:11Z") == [None, None]


@pytest.mark.parametrize("bad", [{"EPCid": "xyz"}, {"EPCid": EPC, "peakRssi": "loud"}, {"decodedBarcode": ""}])
def test_a_record_that_cannot_be_read_costs_no_other(bad: dict[str, Any]) -> None:
    output = fed("zebra", sled([{"EPCid": EPC}, bad, {"EPCid": OTHER}]))
    assert [frame.payload.hex() for frame in output.frames] == [EPC, OTHER]
    assert [notice.kind for notice in output.notices] == ["unreadable"]


@pytest.mark.parametrize(
    "event",
    [
        {"eventName": "heartbeat", "eventNumber": 120, "data": {"batteryAlert": {"status": "HIGH"}}},
        {"type": "BATTERY", "state": "SET", "id": 1, "alertDetails": {}},
        {"connectionState": "CONNECTED", "timestamp": "14:23:11"},
        {"data": {"tagData": {"EPCid": EPC}}},
        {"data": None},
    ],
)
def test_what_is_no_read_is_an_event(event: dict[str, Any]) -> None:
    output = fed("zebra", event)
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["event"])


def test_an_event_of_a_sled_without_records_is_nothing() -> None:
    output = fed("zebra", sled([]))
    assert (output.frames, output.notices) == ([], [])


@pytest.mark.parametrize("mode", ["SIMPLE", "INVENTORY", "PORTAL", "CONVEYOR", "CUSTOM", "DIRECTIONALITY"])
def test_every_mode_of_a_fixed_reader_with_every_field(mode: str) -> None:
    data = {
        "eventNum": 7, "format": "epc", "idHex": EPC, "antenna": 4, "peakRssi": -61, "reads": 2, "PC": "3000",
        "TID": "E2801160", "USER": "00FF", "CRC": "1D0F", "XPC": "0000", "channel": 867.5, "phase": 87.2,
        "hostName": "FX9600", "MAC": "84:24:8D:00:00:01", "userDefined": "dock",
    }  # fmt: skip
    read = FrameReader()
    [fields] = read("zebra-iotc-json", json.dumps({"type": mode, "timestamp": None, "data": data}).encode())
    assert fields == {
        "epc": EPC, "antenna": 4, "rssi_dbm": -61, "timestamp": None, "reads": 2, "pc": "3000",
        "tid": "e2801160", "user": "00ff", "xpc": "0000", "crc": "1d0f", "channel": 867.5, "phase": 87.2,
    }  # fmt: skip


def impinj(**tag: Any) -> dict[str, Any]:
    return {
        "timestamp": "2026-04-02T12:00:00Z",
        "hostname": "r700",
        "eventType": "tagInventory",
        "tagInventoryEvent": tag,
    }


def test_an_impinj_tag_with_every_field() -> None:
    [frame] = fed(
        "impinj",
        impinj(
            epcHex=EPC.upper(), tid="4oARcCAAEAA=", tidHex="E2801170", pc="NAA=", xpcHex="0000", antennaPort=2,
            antennaName="dock", peakRssiCdbm=-5234, frequency=866300, transmitPowerCdbm=3150, phaseAngle=33.75,
            lastSeenTime="2026-04-02T12:00:00Z",
        ),
    ).frames  # fmt: skip
    assert (frame.payload.hex(), frame.antenna, frame.rssi_dbm, frame.pc) == (EPC, 2, -52.34, 0x3400)
    more = {"frequency": 866300, "phase": 33.75, "tx_power_dbm": 31.5, "tid": "e2801170", "pc": "3400"}
    assert {key: frame.fields[key] for key in more} == more


@pytest.mark.parametrize(
    "tag", [{"pc": "A"}, {"pc": 3}, {"tid": "?"}, {"phaseAngle": "x"}, {"transmitPowerCdbm": None}]
)
def test_what_cannot_be_understood_beside_the_epc_is_left_out(tag: dict[str, Any]) -> None:
    [frame] = fed("impinj", impinj(epc="4oARkaUDAGXybMv_", **tag)).frames
    assert set(frame.fields) == {"epc", "antenna", "rssi_dbm", "timestamp"}
    assert frame.pc is None


@pytest.mark.parametrize(
    "kind", ["inventoryStatus", "antennaConnected", "antennaDisconnected", "gpiTransition", "inventoryTerminated"]
)
def test_every_other_event_of_an_impinj_reader_is_no_read(kind: str) -> None:
    output = fed(
        "impinj", {"eventType": kind, f"{kind}Event": {"antennaPort": 1}, "tagInventoryEvent": {"epcHex": EPC}}
    )
    assert (output.frames, [notice.fields for notice in output.notices]) == ([], [{"type": kind}])


@pytest.mark.parametrize("absent", [None, ""])
def test_an_epc_in_hex_that_is_empty_leaves_the_other_one(absent: str | None) -> None:
    [frame] = fed("impinj", impinj(epc="4oARkaUDAGXybMv_", epcHex=absent)).frames
    assert frame.payload.hex() == "e2801191a5030065f26ccbff"


TID, USER = "e280116060000209aabbccdd", "cafe0001"


@pytest.mark.parametrize(
    ("data", "payload", "carrier"),
    [
        ({"format": "epc", "idHex": EPC}, EPC, Carrier.EPC),
        ({"format": "EPC", "idHex": EPC}, EPC, Carrier.EPC),
        ({"format": None, "idHex": EPC}, EPC, Carrier.EPC),
        ({"format": "uii", "idHex": EPC}, EPC, Carrier.EPC),
        ({"format": "tid", "idHex": TID}, TID, Carrier.TID),
        ({"format": "user", "idHex": USER, "EPC": EPC}, EPC, Carrier.EPC),
        ({"format": "epc+tid", "idHex": EPC + TID, "PC": "3000"}, EPC, Carrier.EPC),
        ({"format": "raw", "EPCid": EPC}, EPC, Carrier.EPC),
    ],
)
def test_a_tag_is_read_whatever_its_format_is_called(data: dict[str, Any], payload: str, carrier: Carrier) -> None:
    [frame] = fed("zebra", {"type": "CUSTOM", "data": data}).frames
    assert (frame.payload.hex(), frame.carrier) == (payload, carrier)


@pytest.mark.parametrize("form", ["raw", "user", "epc+user", "epc+tid", "new-in-2027", 7])
def test_a_format_that_does_not_tell_the_epc_is_refused_with_what_to_set(form: Any) -> None:
    output = fed("zebra", {"type": "SIMPLE", "data": {"idHex": EPC + TID, "format": form}})
    [notice] = output.notices
    assert (output.frames, notice.kind) == ([], "unreadable")
    assert str(form) in notice.text and notice.text.endswith("set the format of the reader to epc")
    captured = json.dumps({"data": {"idHex": EPC, "format": form}}).encode()
    assert decode("zebra-iotc-json", captured) == []
    assert [
        words.endswith("set the format of the reader to epc") for words in refusals("zebra-iotc-json", captured)
    ] == [True]


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("zebra", {"type": "INVENTORY", "data": {"peakRssi": -60, "antenna": 1}}),
        ("zebra", {"type": "INVENTORY", "data": {"TID": TID}}),
        ("zebra", "3034257bf7194e4000001a85"),
        ("impinj", {"eventType": "tagSighting", "sighting": {"epcHex": EPC}}),
        ("impinj", {"eventType": "tagInventory", "tag": {"epcHex": EPC}}),
        ("impinj", {"eventType": "tagInventory", "tagInventoryEvent": {"antennaPort": 1}}),
        ("json", {"id": "1", "barcode": "7"}),
    ],
)
def test_a_tag_event_that_is_not_understood_is_no_management_event(word: str, event: Any) -> None:
    output = fed(word, event)
    assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["unreadable"])


def test_chip_number_and_user_memory_come_with_the_tag() -> None:
    [zebra] = fed("zebra", {"data": {"idHex": EPC, "TID": TID, "USER": USER}}).frames
    assert (zebra.tid, zebra.user) == (bytes.fromhex(TID), bytes.fromhex(USER))
    [impinj] = fed("impinj", {"tagInventoryEvent": {"epcHex": EPC, "tidHex": TID}}).frames
    assert impinj.as_read("gate", 7).tid == bytes.fromhex(TID)
    [chip] = fed("impinj", {"tagInventoryEvent": {"tidHex": TID}}).frames
    assert (chip.payload.hex(), chip.carrier, chip.tid) == (TID, Carrier.TID, None)


@pytest.mark.parametrize(
    ("word", "event"),
    [
        ("zebra", {"data": {"idHex": EPC, "antenna": "1", "peakRssi": "-56", "reads": "3", "phase": "1.5"}}),
        (
            "impinj",
            {"tagInventoryEvent": {"epcHex": EPC, "antennaPort": "1", "peakRssiCdbm": "-5600", "phaseAngle": "1.5"}},
        ),
        ("json", {"id": "7", "epc": EPC, "antenna": "1", "rssi_dbm": "-56.0"}),
    ],
)
def test_a_number_may_be_written_as_text(word: str, event: dict[str, Any]) -> None:
    output = fed(word, event)
    assert [(frame.antenna, frame.rssi_dbm) for frame in output.frames] == [(1, -56.0)]
    assert output.frames[0].fields.get("phase", 1.5) == 1.5
    assert output.frames[0].seen_count == (3 if word == "zebra" else None)


@pytest.mark.parametrize(
    "text", ["", " 1", "+1", "01", "1e0", "0x1", "1,0", "-", "nan", "one", "\u0661", "1\n", "9" * 400]
)
@pytest.mark.parametrize(
    ("word", "names"), [("zebra", ("antenna", "peakRssi")), ("impinj", ("antennaPort", "peakRssiCdbm"))]
)
def test_a_text_that_is_no_plain_number_is_refused(word: str, names: tuple[str, str], text: str) -> None:
    for name in names:
        event = (
            {"data": {"idHex": EPC, name: text}}
            if word == "zebra"
            else {"tagInventoryEvent": {"epcHex": EPC, name: text}}
        )
        output = fed(word, event)
        assert (output.frames, [notice.kind for notice in output.notices]) == ([], ["unreadable"])


def test_the_data_of_an_event_may_be_several_records() -> None:
    output = fed("zebra", {"type": "SIMPLE", "data": [{"idHex": EPC}, {"idHex": "xyz"}, {"idHex": OTHER}, 7]})
    assert [frame.payload.hex() for frame in output.frames] == [EPC, OTHER]
    assert [notice.kind for notice in output.notices] == ["unreadable", "event"]
    assert fed("zebra", {"type": "SIMPLE", "data": []}).frames == []
