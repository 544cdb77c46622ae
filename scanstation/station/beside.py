"""What symbols beside a label say that the label said already: its lot in plain text, the small codes of its fields."""

import re
from dataclasses import replace

from drivers import Read
from scanstation.counting.decision import Decision, Outcome
from scanstation.counting.packages import Package
from scanstation.counting.question import Standing
from scanstation.identity.aitable import GS
from scanstation.identity.iso15434 import EOT, RS, START
from scanstation.identity.plates import names_in_text, other_names
from scanstation.station.symbols import Symbol, payload_text

_SEPARATOR = re.compile(f"[{GS}{RS}{EOT}]")
_FIELD = re.compile("[0-9]{0,3}[A-Z](.+)", re.DOTALL)


def told_by(package: Package) -> set[str]:
    """What other symbols of a package may say beside its codes: its lot, serial, item number, unit and whatever else it
    says, and the fields of its ISO/IEC 15434 label, with and without their data identifiers."""
    lines = [line for mark in package.marks for line in mark.found.lines]
    told = {text for line in lines for text in (line.lot, line.serial, line.item.item, line.unit) if text is not None}
    told |= {other for text in told for other in other_names(text)}
    told |= {text for mark in package.marks for text in mark.says.values()}
    return told.union(*map(fields_of, package.symbols))


def fields_of(symbol: str) -> set[str]:
    """The fields of an ISO/IEC 15434 label, with and without their data identifiers; none of another symbol."""
    fields = set(_SEPARATOR.split(symbol)) if START in symbol else set()
    return fields | {match[1] for field in fields if (match := _FIELD.fullmatch(field)) is not None}


def says(symbol: Symbol) -> set[str]:
    """What a symbol that counts nothing alone may say of a package: its text, and the unit that it names."""
    text, identity = payload_text(symbol.read), symbol.identity
    units = names_in_text(text) if identity.scheme == "text" else ()
    return {text, *units, *((identity.unit,) if identity.unit is not None else ())}


def said_before(read: Read, standing: Standing | None = None) -> Decision:
    """The answer to a symbol that says nothing but what its label said already, such as the lot in plain text; a
    question that stands goes on standing."""
    known = Decision(
        outcome=Outcome.DUPLICATE, text="Already counted with the label before it", code=payload_text(read)
    )
    if standing is None:
        return known
    return replace(known, text=f"Part of the label before it. {standing.question.words}", question=standing.question)
