"""Forms that any carrier may hold and that show themselves: internal labels, Digital Links, ISO 15434, HIBC."""

from types import MappingProxyType

from scanstation.identity.digital_link import looks_like_digital_link, parse_digital_link
from scanstation.identity.epc import Tag, decode_keyless, decode_tag, encode_tag_uri, parse_pure_identity
from scanstation.identity.errors import IdentityError
from scanstation.identity.hibc import looks_like_hibc, parse_hibc
from scanstation.identity.identifier_quantities import stated_by_identifiers
from scanstation.identity.iso15434 import START, Envelope, di_table, parse_envelope
from scanstation.identity.labels import LabelPrefixes, read_label
from scanstation.identity.model import Identity, Names
from scanstation.identity.naming import name_elements
from scanstation.identity.plates import name_unit
from scanstation.identity.rules import RULES
from scanstation.identity.separators import envelope_damage

KEYLESS = ("urn:epc:id:gid:", "urn:epc:id:usdod:", "urn:epc:id:adi:")
"""Pure identity URIs of schemes without GS1 key."""


def identify_form(text: str, labels: LabelPrefixes, this_year: int) -> Identity | None:
    """Return what ``text`` names where its form shows itself, None where it does not.

    Raises IdentityError where the form is plain but its content is wrong.
    """
    label = read_label(text, labels)
    if label is not None:
        return label
    if looks_like_digital_link(text):
        elements = parse_digital_link(text, alphas=True)
        return name_elements(elements, "digital_link", this_year=this_year, uri=text)
    if text.startswith("urn:epc:"):
        return _name_uri(text, this_year)
    if text.startswith((START, ">" + START)):
        envelope = _envelope(text)
        if envelope.format == "05":
            return name_elements(envelope.elements, "iso15434", this_year=this_year, notes=envelope.notes)
        return _name_envelope(envelope)
    if looks_like_hibc(text):
        return _name_hibc(parse_hibc(text))
    return None


def _envelope(text: str) -> Envelope:
    """Parse an envelope; the error names the likely damage where there is one."""
    try:
        return parse_envelope(text)
    except IdentityError as error:
        raise envelope_damage(text) or error from None


def _name_uri(text: str, this_year: int) -> Identity:
    """Name an EPC URI, as some readers and most RFID middleware deliver it."""
    if text.startswith("urn:epc:tag:"):
        return name_tag(decode_tag(encode_tag_uri(text)), this_year)
    if text.startswith(KEYLESS):
        return name_tag(decode_keyless(text), this_year)
    kind, elements = parse_pure_identity(text)
    return name_elements(elements, kind, this_year=this_year, uri=text, whole_label=False)


def name_tag(tag: Tag, this_year: int) -> Identity:
    """Name a tag: by its GS1 key, or as unknown by its pure identity URI."""
    if not tag.elements:
        notes = (*tag.notes, "no GS1 key: the catalogue does not know this scheme")
        return Identity(
            names=Names.UNKNOWN_TAG, key=tag.uri, scheme=tag.scheme, filter=tag.filter, uri=tag.uri, notes=notes
        )
    return name_elements(
        tag.elements, tag.scheme, this_year=this_year, filter=tag.filter, uri=tag.uri, notes=tag.notes,
        whole_label=False,
    )  # fmt: skip


def _name_envelope(envelope: Envelope) -> Identity:
    """Name the item of a format 06 envelope by its part number, whose number the catalogue knows, and its unit."""
    by_role: dict[str, str] = {}
    for identifier, row in di_table().items():
        value = envelope.elements.get(identifier, "").strip(" ")
        if row.role and value:
            by_role.setdefault(row.role, value)
    expiry = by_role.get("expiry") or (envelope.elements.get("D") if "9N" in envelope.elements else None)
    item = by_role.get("item")
    whole = name_unit(envelope.elements, item)
    names = Names.INTERNAL if item else Names.LOGISTIC_UNIT if whole.unit else Names.OTHER_GS1
    stated = stated_by_identifiers(envelope.elements)
    return Identity(
        names=names,
        key=item or whole.unit or next(iter(envelope.elements.values())),
        scheme="iso15434",
        elements=MappingProxyType(envelope.elements),
        lot=by_role.get("lot"),
        serial=whole.serial,
        issuer=whole.issuer,
        unit=whole.unit,
        expiry=_di_date(expiry) if expiry else None,
        quantity=stated.quantity,
        measures=stated.measures,
        doubts=stated.doubts,
        said=stated.said,
        notes=(*envelope.notes, *stated.notes),
    )


def _di_date(text: str) -> str | None:
    """Return the ISO date of YYYYMMDD or YYMMDD (of this century); None for anything else."""

    full = text if len(text) == 8 else "20" + text
    return f"{full[:4]}-{full[4:6]}-{full[6:]}" if RULES["yyyymmdd"].passes(full) else None


def _name_hibc(fields: dict[str, str]) -> Identity:
    """Name a product by LIC, PCN and unit of measure; a secondary alone names none and waits for its primary."""
    key = "".join(fields.get(name, "") for name in ("lic", "pcn", "uom"))
    return Identity(
        names=Names.INTERNAL if key else Names.OTHER_GS1,
        key=key or fields["link"],
        scheme="hibc",
        elements=MappingProxyType(fields),
        lot=fields.get("lot"),
        serial=fields.get("serial"),
        issuer=f"+{key}" if key and "serial" in fields else None,
        expiry=fields.get("expiry"),
        quantity=int(fields["quantity"]) if "quantity" in fields else None,
        said=(f"quantity {fields['quantity']}",) if "quantity" in fields else (),
        notes=() if key else ("incomplete label: the primary symbol is missing",),
    )
