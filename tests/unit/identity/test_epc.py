"""EPC memory both ways: the standard's own examples (TDS 2.3, annex E.3), limits, the quick path against the rules."""

import random

import pytest

from scanstation.identity import IdentityError, IdentityReason, format_sgtin96
from scanstation.identity.epc import (
    decode_tag,
    encode_elements,
    encode_tag_uri,
    format_pure_identity,
    parse_hex,
    parse_pure_identity,
)
from scanstation.identity.epc.bits import BitReader, BitWriter
from scanstation.identity.epc.classic import decode_classic, schemes_by_header
from scanstation.identity.epc.hostname import read_hostname, write_hostname
from scanstation.identity.epc.quick import quick_schemes, read_quick
from scanstation.identity.epc.uris import uri_body

GTIN, GLN = {"01": "79521141123453", "21": "32a/b"}, {"414": "9521141123454", "254": "32a/b"}
GRAI, GIAI = {"8003": "0952114112345432a/b"}, {"8004": "952114132a/b"}
GSRN, GSRNP = {"8018": "952114112345678906"}, {"8017": "952114112345678906"}
CPI = {"8010": "95211415PQ7/Z43", "8011": "12345"}
GDTI, GCN = {"253": "95211411234545678"}, {"255": "952114167890904711"}
ITIP = {"8006": "095211411234540102", "21": "rif981"}
SSCC = {"00": "095201234567891235"}
CLASSIC = [
    ("sgtin-96", "3066C4409047E140075BCD15", {"01": "09506000134352", "21": "123456789"}, 11),
    ("sgtin-198", "3666C4409047E159B2C2BF100000000000000000000000000000", {"01": "09506000134352", "21": "32a/b"}, 11),
    ("sscc-96", "311BA1B300CE0A6A83000000", SSCC, 6),
    ("sgln-96", "3276451FD46072000000162E", {"414": "9521141123454", "254": "5678"}, 7),
    ("sgln-195", "3976451FD46072CD9615F8800000000000000000000000000000", GLN, 7),
    ("grai-96", "3376451FD40C0E400000162E", {"8003": "095211411234545678"}, 7),
    ("grai-170", "3776451FD40C0E59B2C2BF1000000000000000000000", GRAI, 7),
    ("giai-96", "3476451FD40000000000162E", {"8004": "95211415678"}, 7),
    ("giai-202", "3876451FD59B2C2BF10000000000000000000000000000000000", GIAI, 7),
    ("gsrn-96", "2D76451FD4499602D2000000", GSRN, 7),
    ("gsrnp-96", "2E76451FD4499602D2000000", GSRNP, 7),
    ("gdti-96", "2C76451FD46072000000162E", GDTI, 7),
    ("gdti-174", "3E76451FD7039B061438997367D0C18B266D1AB66EE0", {"253": "9521141987650ABCDefgh012345678"}, 7),
    ("cpi-96", "3C76451FD400C0E680003039", {"8010": "952114198765", "8011": "12345"}, 7),
    ("cpi-var", "3D76451FD75411DEF6B4CC00000003039000", CPI, 7),
    ("sgcn-96", "3F76451FD612640000019907", GCN, 7),
    ("itip-110", "4076451FD40C0E40820000000F54", {"8006": "095211411234540102", "21": "981"}, 7),
    ("itip-212", "4176451FD40C0E4082DBDD8B36600000000000000000000000000000",
     {"8006": "095211411234540102", "21": "mw133"}, 7),
]  # fmt: skip
PLUS = [
    ("sgtin+", "F73795211411234538566CB0AFC4", GTIN),
    ("dsgtin+", "FB342CDE795211411234538566CB0AFC4", {**GTIN, "17": "220630"}),
    ("sscc+", "F90095201234567891235", SSCC),
    ("sgln+", "F2395211411234548566CB0AFC4", GLN),
    ("grai+", "F13095211411234548566CB0AFC4", GRAI),
    ("giai+", "FA3952114132E83C2BF10", GIAI),
    ("gsrn+", "F43952114112345678906", GSRN),
    ("gsrnp+", "F53952114112345678906", GSRNP),
    ("gdti+", "F6395211411234540458B8", GDTI),
    ("cpi+", "F0395211415E87A145BAFB4D19A8C0E4", CPI),
    ("sgcn+", "F839521141678909509338", GCN),
    ("itip+", "F3309521141123454010266AE27FDF35", ITIP),
]
HOSTED = [
    ("sgtin++", "FD3795211411234538566CB0AFC525065F1876F0D996D800", GTIN),
    ("dsgtin++", "FC342CDE795211411234538566CB0AFC525065F1876F0D996D80", {**GTIN, "17": "220630"}),
    ("sscc++", "EF009520123456789123592832F8C3B786CCB6C0", SSCC),  # header as in table 14-1, not as printed in E.3
    ("sgln++", "E9395211411234548566CB0AFC525065F1876F0D996D8000", GLN),
    ("grai++", "EB3095211411234548566CB0AFC525065F1876F0D996D800", GRAI),
    ("giai++", "EE3952114132E83C2BF1494197C61DBC3665B600", GIAI),
    ("gsrn++", "E7395211411234567890692832F8C3B786CCB6C0", GSRN),
    ("gsrnp++", "E8395211411234567890692832F8C3B786CCB6C0", GSRNP),
    ("gdti++", "EA395211411234540458BA4A0CBE30EDE1B32DB0", GDTI),
    ("cpi++", "E6395211415E87A145BAFB4D19A8C0E64A0CBE30EDE1B32DB000", CPI),
    ("sgcn++", "EC3952114167890950933C94197C61DBC3665B60", GCN),
    ("itip++", "ED309521141123454010266AE27FDF3592832F8C3B786CCB6C00", ITIP),
]


def words(text: str) -> bytes:
    return parse_hex(text + "0" * (-len(text) % 4))


@pytest.mark.parametrize(("scheme", "memory", "elements", "company"), CLASSIC)
def test_classic_examples_both_ways(scheme: str, memory: str, elements: dict[str, str], company: int) -> None:
    tag = decode_tag(words(memory))
    assert (tag.scheme, dict(tag.elements)) == (scheme, elements)
    assert encode_elements(scheme, elements, company, filter=tag.filter or 0) == words(memory)
    assert encode_tag_uri(tag.tag_uri or "") == words(memory)
    assert parse_pure_identity(tag.uri) == (tag.kind, elements)
    assert format_pure_identity(tag.kind, elements, company) == tag.uri


@pytest.mark.parametrize(("scheme", "memory", "elements"), PLUS)
def test_plus_examples_both_ways(scheme: str, memory: str, elements: dict[str, str]) -> None:
    tag = decode_tag(words(memory))
    assert (tag.scheme, dict(tag.elements), tag.tag_uri) == (scheme, elements, None)
    assert encode_elements(scheme, elements, 0, filter=tag.filter or 0) == words(memory)


@pytest.mark.parametrize(("scheme", "memory", "elements"), HOSTED)
def test_plus_plus_examples_both_ways(scheme: str, memory: str, elements: dict[str, str]) -> None:
    tag = decode_tag(words(memory))
    assert (tag.scheme, dict(tag.elements), tag.hostname) == (scheme, elements, "id.example.com")
    assert tag.uri.startswith("https://id.example.com/")
    assert encode_elements(scheme, elements, filter=tag.filter or 0, hostname=tag.hostname) == words(memory)


@pytest.mark.parametrize("hostname", ["a", "qr.loja.com.br", "www.abc.de", "x.tech", "id.gs1.org", "shop-7.co.uk"])
def test_hostnames_both_ways(hostname: str) -> None:
    assert decode_tag(encode_elements("sgtin++", GTIN, hostname=hostname)).hostname == hostname


def test_the_longest_ending_of_a_hostname_is_taken() -> None:
    writer = BitWriter()
    write_hostname(writer, "shop.co.uk")
    assert writer.length == 1 + 6 + 7 * (len("shop") + 2)


def test_a_hostname_in_urn_code_40() -> None:
    writer = BitWriter()
    for number, bits in ((0, 1), (6, 6), (1600 * 9 + 40 * 4 + 28 + 1, 16), (1600 * 5 + 40 * 24 + 1 + 1, 16)):
        writer.write(number, bits)
    assert read_hostname(BitReader(writer.value, writer.length, "hostname")) == "id.exa"


@pytest.mark.parametrize("hostname", [None, "", "Example.com", "a b.com", "-.com", "x" * 64])
def test_what_is_no_hostname(hostname: str | None) -> None:
    with pytest.raises(IdentityError):
        encode_elements("sgtin++", GTIN, hostname=hostname)


def test_a_plus_scheme_points_to_its_digital_link() -> None:
    assert decode_tag(words(PLUS[1][1])).uri == "https://id.gs1.org/01/79521141123453/21/32a%2Fb?17=220630"


@pytest.mark.parametrize(
    ("uri", "elements"),
    [
        ("urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3", {"01": "01234567894560", "235": "51qIgY)<&Jp3"}),
        ("urn:epc:id:pgln:1234567.89012", {"417": "1234567890128"}),
        ("urn:epc:id:ginc:0614141.xyz3311cba", {"401": "0614141xyz3311cba"}),
        ("urn:epc:id:gsin:0614141.123456789", {"402": "06141411234567890"}),
    ],
)  # fmt: skip
def test_pure_identities_without_a_tag(uri: str, elements: dict[str, str]) -> None:
    kind, found = parse_pure_identity(uri)
    assert found == elements
    assert format_pure_identity(kind, elements, len(uri.split(":")[4].split(".")[0])) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "urn:epc:id:sgtin:0614141.81234.1", "urn:epc:id:sgtin:06141.8123456.1", "urn:epc:id:sgtin:0614141.812345.",
        "urn:epc:id:sgtin:0614141.812345", "urn:epc:id:sgtin:0614141.812345.a b", "urn:epc:id:gid:1.2.3",
        "urn:epc:id:sscc:0614141.12345678901", "urn:epc:idpat:sgtin:*", "urn:epc:id:cpi:0614141.12a.1",
    ],
)  # fmt: skip
def test_bad_pure_identities(uri: str) -> None:
    with pytest.raises(IdentityError):
        parse_pure_identity(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "urn:epc:tag:sgtin-96:3.0614141.812345.274877906944", "urn:epc:tag:sgtin-96:3.0614141.812345.01",
        "urn:epc:tag:sgtin-96:8.0614141.812345.1", "urn:epc:tag:sgtin-96:3.0614141.8123456.1",
        "urn:epc:tag:sgtin-96:3.06141.81234567.1", "urn:epc:tag:sgtin-64:3.0614141.812345.1",
        "urn:epc:tag:sgtin-96:3.0614141.812345", "urn:epc:tag:sgtin-198:3.0614141.812345.ABCDEFGHIJKLMNOPQRSTU",
        "urn:epc:tag:sgtin-198:3.0614141.812345.", "urn:epc:tag:cpi-var:3.0614141.abc.1",
        "urn:epc:tag:adi-var:3.W81X9C.3KL984PX1.A%23B", "urn:epc:tag:itip-110:3.0614141.812345.1.02.5",
        "urn:epc:tag:usdod-96:3.2S1.5", "urn:epc:tag:sgcn-96:3.0614141.12345.1234567890123",
    ],
)  # fmt: skip
def test_tag_uris_that_do_not_fit(uri: str) -> None:
    with pytest.raises(IdentityError):
        encode_tag_uri(uri)


def test_the_quick_path_agrees_with_the_rules_on_random_memory() -> None:
    chance = random.Random(96)
    headers = sorted(quick_schemes())
    read = 0
    for _ in range(20_000):
        memory = bytes([chance.choice(headers)]) + chance.randbytes(11)
        if chance.random() < 0.5:
            memory = memory[:2] + bytes([memory[2] & 0x3F]) + memory[3:9] + b"\0\0\0"
        quick = read_quick(memory)
        try:
            epc = decode_classic(schemes_by_header()[memory[0]], int.from_bytes(memory, "big"), 96)
        except IdentityError:
            assert quick is None
            continue
        if quick is None:
            assert epc.components[1] == ""
            continue
        scheme, filter_value, body = quick
        assert (scheme.name, filter_value, body) == (epc.scheme, epc.filter, uri_body(epc))
        read += 1
    assert read > 1000


def test_sgtin96_of_a_gtin() -> None:
    assert format_sgtin96("09506000134352", 123456789, 11, filter=3).hex().upper() == "3066C4409047E140075BCD15"
    with pytest.raises(IdentityError) as caught:
        format_sgtin96("09506000134352", "0012", 11)
    assert caught.value.reason is IdentityReason.STRUCTURE


def plus_with(tail: str) -> bytes:
    """An SGTIN+ with serial S1 and further bits behind it, given as hexadecimal nibbles after its own."""
    writer = BitWriter()
    for number, bits in ((0xF7, 8), (0xB, 4), (0x09506000134352, 56)):
        writer.write(number, bits)
    for number, bits in ((4, 3), (2, 5), (ord("S"), 7), (ord("1"), 7)):
        writer.write(number, bits)
    for bit in tail.replace(" ", ""):
        writer.write(int(bit), 1)
    return writer.to_bytes()


KEY = {"01": "09506000134352", "21": "S1"}
EXPIRY = "00010111 0011010 1100 11111"
LOT = "00010000 100 00010 1001100 0110111"
WEIGHT = "0011000100000011 00000000010011100010"


def test_lot_expiry_and_weight_behind_the_epc() -> None:
    tag = decode_tag(plus_with(EXPIRY + LOT + WEIGHT))
    assert dict(tag.elements) == {**KEY, "17": "261231", "10": "L7", "3103": "001250"}
    assert tag.notes == ()


def test_data_behind_the_epc_both_ways() -> None:
    elements = {**KEY, "10": "LOT-7", "17": "261231", "3102": "000125"}
    for scheme, hostname in (("sgtin+", None), ("sgtin++", "id.example.com")):
        tag = decode_tag(encode_elements(scheme, elements, filter=5, hostname=hostname))
        assert (dict(tag.elements), tag.filter, tag.hostname) == (elements, 5, hostname)
    dated = {**KEY, "15": "261231", "17": "271231"}
    assert dict(decode_tag(encode_elements("dsgtin+", dated)).elements) == dated


def test_what_is_unknown_behind_the_epc_is_told() -> None:
    tag = decode_tag(plus_with(EXPIRY + "01110000 00001010" + "1" * 32))
    assert dict(tag.elements) == {**KEY, "17": "261231"}
    assert tag.notes == ("data behind the EPC were left unread",)
    with pytest.raises(IdentityError, match=r"data behind the EPC at 0: expected AI 10 to 17, 22 or a measure"):
        encode_elements("sgtin+", {**KEY, "240": "A"})


@pytest.mark.parametrize(
    "tail", ["00010111 0011010 1111 11111", "00010000 110 00010" + "0" * 20 + "1", EXPIRY + EXPIRY[:-1] + "0"]
)
def test_wrong_data_behind_the_epc_leave_the_key(tail: str) -> None:
    tag = decode_tag(plus_with(tail))
    assert (dict(tag.elements), tag.notes) == (KEY, ("data behind the EPC were left unread",))


def test_bits_behind_an_epc_that_announces_none() -> None:
    memory = words(PLUS[0][1])
    with pytest.raises(IdentityError, match="expected only zero bits behind the EPC, got other bits"):
        decode_tag(memory + b"\x17\x00")
