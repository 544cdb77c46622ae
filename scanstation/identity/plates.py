"""What a label calls its own unit: licence plates, package numbers, and serials with the party that gave them.

Sources: ANSI MH10.8.2 (categories J, S and V), ISO/IEC 15459-1 and -3: a licence plate is issuing agency code (IAC),
company number (CIN) and serial reference, and unique in the world; where the agency is GS1 (its codes are the digits)
it is an SSCC of 18 digits.  A package number is unique only to the supplier who gave it, as a serial (DI S) is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanstation.identity.checkdigits import has_check_digit
from scanstation.identity.iso15434 import di_table

PARTIES: Mapping[str, str] = {
    "18V": "", "13V": "UN", "12V": "UN", "17V": "D", "3V": "", "2V": "", "6V": "", "V": "", "1V": "",
}  # fmt: skip
"""Data identifiers of who gave a serial or package number, the surest first, each with the IAC of what it holds.

A D-U-N-S number (12V, 13V) and a CAGE code (17V) are the same party as their IAC and number in 18V.
"""

_SPLIT = re.compile("(UN[0-9]{9}|D[0-9A-Z]{5})(.+)")
"""IAC and CIN of the agencies whose company numbers have one length, and the serial behind them."""

_PARTY = re.compile("[0-9]{0,2}V|25S$")
_BARE = re.compile("([1-6]?J|25S|[345679]S)(.+)")
_PACKAGE = re.compile("[345679]S.+")
_LONGEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNames:
    """What the data identifiers of one label say of the unit that wears it.

    ``unit`` names the whole (`Identity.unit`), ``serial`` and ``issuer`` the single thing (`Identity.issuer`).
    """

    unit: str | None = None
    serial: str | None = None
    issuer: str | None = None


def plate_key(value: str) -> str:
    """The one form of a licence plate, whatever data identifier it came by: an SSCC is its 18 digits.

    >>> plate_key(" UN123456789A")
    'UN123456789A'
    >>> plate_key("00095211410000000014")  # with its application identifier
    '095211410000000014'
    """
    plate = value.strip(" ").upper()
    if len(plate) == 20 and plate.startswith("00") and is_sscc(plate[2:]):
        return plate[2:]
    return plate


def is_sscc(text: str) -> bool:
    """Whether this is an SSCC: 18 digits with their check digit."""
    return len(text) == 18 and text.isascii() and text.isdigit() and has_check_digit(text)


def name_unit(elements: Mapping[str, str], item: str | None) -> UnitNames:
    """Read data identifiers and their values; ``item`` is the part number on the label, None without one.

    A licence plate wins over a package number, the inner package over the outer one (the order of the table).
    """
    by_role = _by_role(elements)
    party = _party(elements)
    serial, issuer = _serial(elements, by_role.get("serial", ("", ""))[1], party)
    if serial is not None and issuer is None and item is not None:
        issuer = f"P{item}"
    if "plate" in by_role:
        return UnitNames(unit=plate_key(by_role["plate"][1]), serial=serial, issuer=issuer)
    if "package" in by_role:
        number = "".join(by_role["package"])
        giver = party or item
        return UnitNames(unit=f"{giver}:{number}" if giver else number, serial=serial, issuer=issuer)
    if item is None and serial is not None and issuer is not None:
        return UnitNames(unit=serial_unit("", issuer, serial), serial=serial, issuer=issuer)
    return UnitNames(serial=serial, issuer=issuer)


def serial_unit(key: str, issuer: str | None, serial: str) -> str:
    """The name of a pack that is told apart by its serial: by the party that gave it, else by the pack's number."""
    return f"{issuer}:{serial}" if issuer is not None and is_party(issuer) else f"{key}/{serial}"


def is_party(issuer: str) -> bool:
    """Whether a serial's issuer is a company, and no GTIN or part number.

    >>> is_party("VSUP111"), is_party("0109521141000021"), is_party("PV-100")
    (True, False, False)
    """
    return _PARTY.match(issuer) is not None


def names_in_text(text: str) -> tuple[str, ...]:
    """The units that a text may name which no catalogue lists: as it stands, and read with its data identifier."""
    match = _BARE.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        key = plate_key(text)
        return (key, text) if key != text and is_sscc(key) else (text,)
    read = name_unit({match[1]: match[2]}, None).unit
    return (text,) if read is None or read == text else (read, text)


def unit_key(text: str) -> str:
    """The form in which a list names a unit: as a scan of its number would, with or without the identifier in front.

    >>> unit_key("1JUN123456789A"), unit_key("(00)095211410000000014"), unit_key("PKG 7")
    ('UN123456789A', '095211410000000014', 'PKG 7')
    """
    bare = text.removeprefix("(00)")
    if len(bare) == 20 and bare.isdigit() and bare.startswith("00"):  # an SSCC with its application identifier
        return bare[2:]
    return names_in_text(bare)[0]


def other_names(unit: str) -> tuple[str, ...]:
    """What a unit is called where less of it is known: a package number without its giver, then without identifier."""
    number = unit.rpartition(":")[2]
    if not _PACKAGE.fullmatch(number):
        return ()
    return (number, number[2:]) if number != unit else (number[2:],)


def names_a_unit(units: Sequence[str]) -> bool:
    """Whether names show by themselves that they are of a unit: a bare text may be anything."""
    return len(units) > 1 or any(is_sscc(unit) or other_names(unit) or ":" in unit for unit in units)


def _by_role(elements: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """(identifier, value) of each role, the first of the table that the label has; blank values are none."""
    found: dict[str, tuple[str, str]] = {}
    for identifier, row in di_table().items():
        value = elements.get(identifier, "").strip(" ")
        if row.role and value:
            found.setdefault(row.role, (identifier, value))
    return found


def _party(elements: Mapping[str, str]) -> str | None:
    for identifier, agency in PARTIES.items():
        if value := elements.get(identifier, "").strip(" "):
            return f"18V{agency}{value.upper()}" if agency or identifier == "18V" else identifier + value
    return None


def _serial(elements: Mapping[str, str], serial: str, party: str | None) -> tuple[str | None, str | None]:
    """Serial and issuer: 25S tells both, by itself or with what else the label says."""
    whole = elements.get("25S", "").strip(" ")
    if not whole:
        return serial or None, party if serial else None
    if serial and whole.endswith(serial) and whole != serial:
        return serial, "18V" + whole.removesuffix(serial)
    if party is not None and party.startswith("18V") and whole.startswith(party[3:]) and whole != party[3:]:
        return whole.removeprefix(party[3:]), party
    if match := _SPLIT.fullmatch(whole):
        return match[2], "18V" + match[1]
    return whole, "25S"
