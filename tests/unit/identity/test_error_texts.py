"""What a person reads when a payload names nothing: the whole text, its reason and its position."""

import pytest

from scanstation.identity import IdentityError, IdentityReason, identify, interpret

R = IdentityReason

TEXTS = [
    ("gs1_element_string", "", R.EMPTY, "element string at 0: expected an application identifier, got nothing"),
    ("gs1_element_string", "0109506000134351", R.CHECK_DIGIT,
     "AI (01) at 15: expected check digit 2, got '1'"),
    ("gs1_element_string", "01A9506000134352", R.CHARACTER, "AI (01) at 2: expected digits, got 'A'"),
    ("gs1_element_string", "010950600013", R.LENGTH, "AI (01) at 2: expected 14 characters, got 10: '0950600013'"),
    ("gs1_element_string", "010950600013435217271331", R.DATE,
     "AI (17) at 18: expected a date YYMMDD (day 00: the whole month), got '271331'"),
    ("gs1_element_string", "010950600013435210ABC\x1d\x1d", R.SEPARATOR,
     "element string at 22: expected an application identifier, got a separator (GS)"),
    ("gs1_element_string", "01095060001343520412", R.UNKNOWN_AI, "AI at 16: expected a known AI, got '0412'"),
    ("gs1_element_string", "10ABC\x1d10ABD", R.REPEATED, "AI (10) at 8: expected 'ABC' again, got 'ABD'"),
    ("gs1_element_string", "10ABC~", R.CHARACTER, "AI (10) at 5: expected characters of GS1 set 82, got '~'"),
    ("gs1_element_string", "8007DE91100000000123456780", R.CHECK_DIGIT,
     "AI (8007) at 4: expected an IBAN with right check digits, got 'DE91100000000123456780'"),
    ("gs1_element_string", "422999", R.CODE, "AI (422) at 3: expected an ISO 3166-1 country number, got '999'"),
    ("gs1_element_string", "10C494E1DK00GB172512310139738457485935", R.SEPARATOR,
     "AI (10) at 2: expected a separator (GS) after at most 20 characters, got 36 characters"),
    ("gs1_hri", "(01)09506000134352(10)", R.EMPTY, "AI (10) at 22: expected a value, got nothing"),
    ("gs1_hri", "(1A)12345", R.UNKNOWN_AI, "AI at 1: expected a known AI, got '1A'"),
    ("gs1_hri", "0109506000134352", R.STRUCTURE, "bracketed text at 0: expected an AI in brackets, got '01095060'"),
    ("gs1_association", "10ABC", R.ASSOCIATION,
     "AI (10) at 0: expected also (01) or (02) or (03) or (8006) or (8026) on the label, got (10)"),
    ("gs1_association", "01123456789012310212345678901231", R.ASSOCIATION,
     "AI (02) at 1: expected no (01) beside it, got (01)"),
    ("gs1_association", "2531234567890128\x1d8030ABC123", R.ASSOCIATION,
     "AI (253) at 0: expected also a serial component beside (8030), got '1234567890128'"),
    ("aim_scan_data", "4006381333931", R.UNKNOWN_SYMBOLOGY,
     "symbology identifier at 0: expected ] and two characters, got '400'"),
    ("aim_scan_data", "]XX4006381333931", R.UNKNOWN_SYMBOLOGY,
     "symbology identifier at 0: expected one of ISO/IEC 15424 such as ]C1, got ']XX'"),
    ("aim_scan_data", "]E0400638133393", R.LENGTH,
     ("]E0 EAN-13, UPC-A or UPC-E at 3: expected 13 digits, got 12: '400638133393' "
      "(does the scanner strip the leading zero or the check digit?)")),
    ("aim_scan_data", "]E04006381333932", R.CHECK_DIGIT,
     "]E0 EAN-13, UPC-A or UPC-E at 15: expected check digit 1, got '2'"),
    ("aim_scan_data", "]C10109506000134351", R.CHECK_DIGIT,
     "AI (01) at 18: expected check digit 2, got '1'"),
    ("gtin", "400638133393", R.CHECK_DIGIT, "GTIN at 11: expected check digit 0, got '3'"),
    ("gtin", "40063", R.LENGTH, "GTIN at 0: expected 8, 12, 13 or 14 digits, got 5: '40063'"),
    ("upc_e", "27616103", R.CODE, "UPC-E at 0: expected number system 0 or 1, got '2'"),
    ("digital_link", "ftp://a/01/09506000134352", R.STRUCTURE,
     "Digital Link at 0: expected http:// or https://, got 'ftp://a/01/0'"),
    ("digital_link", "https://a/b", R.STRUCTURE,
     "Digital Link at 9: expected a primary key such as /01/ and its value in the path, got '/b'"),
    ("digital_link", "https://a/01/09506000134352/10/", R.EMPTY, "AI (10) at 31: expected a value, got nothing"),
    ("digital_link", "https://a/01/9506000134352", R.LENGTH,
     "AI (01) at 13: expected 14 digits, got 13: are zeros stripped?"),
    ("digital_link", "https://a/01/09506000134352?10=A", R.STRUCTURE,
     "AI (10) at 31: expected it in the path behind (01), got a query"),
    ("digital_link", "https://a/01/09506000134352/21/A/10/B", R.STRUCTURE,
     "AI (01) at 9: expected its qualifiers in the order 22/10/21 or 235, got 21/10"),
    ("epc_hex", "3034257BF7194E40000030G9", R.CHARACTER, "hex at 22: expected a hexadecimal digit, got 'G'"),
    ("epc_hex", "E28011", R.UNSUPPORTED,
     "EPC header at 0: expected a header of TDS table 14-1, got TID memory, which names a chip"),
    ("epc_hex", "303C257BF7194E4000003039", R.STRUCTURE,
     "sgtin-96 at 11: expected a partition value of 0 to 6, got 7"),
    ("epc_hex", "3034257BF7194E400000", R.LENGTH, "sgtin-96 at 58: expected 38 bits, got 22"),
    ("epc_tag_uri", "urn:epc:tag:sgtin-96:9.0614141.812345.1", R.STRUCTURE,
     "EPC tag URI at 21: expected a filter of 0 to 7, got '9'"),
    ("iso15434", "[)>\x1e061V13", R.SEPARATOR, "ISO 15434 envelope at 6: expected a separator (GS), got '1'"),
    ("iso15434", "[)>\x1e06\x1dP1\x1d12345\x1e\x04", R.STRUCTURE,
     "ISO 15434 envelope at 10: expected a data identifier: up to three digits and a capital letter, got '12345'"),
    ("hibc", "+A99912345/$$52001510X34", R.CHECK_DIGIT, "HIBC at 23: expected check character '3', got '4'"),
    ("rcn", "ATLANTIS|2211114002394", R.UNSUPPORTED,
     ("region at 0: expected one of DENMARK, ESTONIA, FINLAND, GERMANY, GREAT_BRITAIN, LATVIA, LITHUANIA, NORWAY, "
      "SWEDEN, got 'ATLANTIS'")),
    ("rcn", "GERMANY|2211115002393", R.CHECK_DIGIT, "measure of GERMANY at 6: expected check digit 4, got '5'"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "payload", "reason", "text"), TEXTS)
def test_text(kind: str, payload: str, reason: IdentityReason, text: str) -> None:
    with pytest.raises(IdentityError) as caught:
        interpret(payload, kind)
    assert str(caught.value) == text
    assert caught.value.reason is reason
    assert f" at {caught.value.position}: expected " in text


def test_the_position_counts_in_what_the_device_sent() -> None:
    with pytest.raises(IdentityError, match="AI at 17: expected a known AI, got '0412'"):
        identify("\x1d01095060001343520412", aim="]C1")
