"""The table of GS1 application identifiers: `tables/ai.tsv` read once, each format compiled at its first use.

The notation is that of the GS1 Barcode Syntax Dictionary.  ``N6`` is exactly six digits, ``X..20`` one to twenty
characters of character set 82, ``[...]`` optional, and what stands behind a comma names content rules.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from scanstation.identity.errors import IdentityError, IdentityReason
from scanstation.identity.gtin import check_digit_error
from scanstation.identity.rules import RULES, Rule, is_padded_base64

GS = "\x1d"
"""What a reader transmits for the FNC1 that ends a value of variable length."""

_SETS = {
    "N": ("[0-9]", "digits"),
    "X": ("[!\"%&'()*+,\\-./0-9:;<=>?A-Z_a-z]", "characters of GS1 set 82"),
    "Y": ("[#\\-/0-9A-Z]", "characters of GS1 set 39"),
    "Z": ("[A-Za-z0-9_=-]", "characters of file-safe base64"),
}
_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?(\d+)\]?((?:,\w+)*)")
_BASE64 = Rule("base64", IdentityReason.CHARACTER, "base64 padded to groups of three", is_padded_base64)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a format: ``shortest`` to ``longest`` characters of one set that obey ``rules``."""

    optional: bool
    kind: str
    shortest: int
    longest: int
    rules: tuple[Rule, ...]

    @property
    def pattern(self) -> str:
        """The expression of this component; rules of fixed length are looked ahead."""
        ahead = "".join(f"(?=(?:{rule.inline}))" for rule in self.rules if rule.inline)
        return f"{ahead}{_SETS[self.kind][0]}{{{self.shortest},{self.longest}}}"


@dataclass(frozen=True)
class ApplicationIdentifier:
    """One application identifier: its format, its companions and its place in a Digital Link.

    ``fixed`` says that its length is predefined, so that no separator needs to follow.  ``requires`` holds one entry
    for each rule: the alternatives, each a set of AIs that satisfies it together.  ``excludes`` holds the AIs that
    must not stand beside it.  ``qualifiers`` holds the orders of key qualifiers of a Digital Link primary key, None
    where the AI is no primary key; ``attribute`` says that it may stand in the query of a Digital Link.
    """

    ai: str
    title: str
    components: tuple[Component, ...]
    fixed: bool
    attribute: bool
    requires: tuple[tuple[frozenset[str], ...], ...]
    excludes: frozenset[str]
    qualifiers: tuple[tuple[str, ...], ...] | None

    @property
    def shortest(self) -> int:
        """Length of the shortest value."""
        return sum(part.shortest for part in self.components if not part.optional)

    @property
    def longest(self) -> int:
        """Length of the longest value."""
        return sum(part.longest for part in self.components)

    @cached_property
    def value_pattern(self) -> str:
        """The expression of the value, without groups."""
        text = ""
        for part in reversed(self.components):
            text = f"(?:{part.pattern}{text})?" if part.optional else part.pattern + text
        return text

    @cached_property
    def field(self) -> re.Pattern[str]:
        """Matches the value and its separator behind the AI in an element string; group 1 is the value."""
        end = f"{GS}?" if self.fixed else f"(?:{GS}|\\Z)"
        return re.compile(f"({self.value_pattern}){end}")

    @cached_property
    def checks(self) -> tuple[tuple[slice, Rule], ...]:
        """The rules that the expression does not say: where in the value, and which."""
        found = []
        start = 0
        for part in self.components:
            place = slice(start, start + part.longest)
            if part.kind == "Z":
                found.append((place, _BASE64))
            found.extend((place, rule) for rule in part.rules if not rule.inline)
            start += part.longest
        return tuple(found)

    def check(self, value: str, position: int) -> None:
        """Check a value that stands at ``position`` of the payload; raise IdentityError at the first fault."""
        what = f"AI ({self.ai})"
        rest, start = value, 0
        for part in self.components:
            if part.optional and not rest:
                break
            taken, rest = rest[: part.longest], rest[part.longest :]
            self._check_component(part, taken, what, position + start)
            start += len(taken)
        if rest:
            raise self._length(value, what, position)

    def _check_component(self, part: Component, taken: str, what: str, position: int) -> None:
        allowed, named = _SETS[part.kind]
        wrong = re.search(f"[^{allowed[1:]}", taken)
        if wrong is not None:
            raise IdentityError(IdentityReason.CHARACTER, what, position + wrong.start(), named, repr(wrong[0]))
        if len(taken) < part.shortest:
            raise self._length(taken, what, position, part)
        rules = (*part.rules, _BASE64) if part.kind == "Z" else part.rules
        for rule in rules:
            if not rule.passes(taken) and rule.name == "csum":
                raise check_digit_error(taken, what, position)
            if not rule.passes(taken):
                raise IdentityError(rule.reason, what, position, rule.expected, repr(taken))

    def _length(self, value: str, what: str, position: int, part: Component | None = None) -> IdentityError:
        low = part.shortest if part else self.shortest
        high = part.longest if part else self.longest
        expected = f"{low} characters" if low == high else f"{low} to {high} characters"
        return IdentityError(IdentityReason.LENGTH, what, position, expected, f"{len(value)}: {_shorten(value)!r}")


def _shorten(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "..."


@cache
def ai_table() -> Mapping[str, ApplicationIdentifier]:
    """Return the table: AI -> its entry."""
    text = (Path(__file__).parent / "tables" / "ai.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    known = [row[0] for row in rows]
    return MappingProxyType({row[0]: _entry(row, known) for row in rows})


@cache
def ai_lengths() -> Mapping[str, int]:
    """Return how many digits an AI has by its first two (General Specifications 7.8.1)."""
    return MappingProxyType({ai[:2]: len(ai) for ai in ai_table()})


def _entry(row: list[str], known: list[str]) -> ApplicationIdentifier:
    ai, flags, formats, attributes, title = row
    requires: list[tuple[frozenset[str], ...]] = []
    excludes: set[str] = set()
    qualifiers: tuple[tuple[str, ...], ...] | None = None
    for attribute in attributes.split():
        key, _, value = attribute.partition("=")
        if key == "req":
            requires.append(_alternatives(value, known))
        elif key == "ex":
            for pattern in value.split(","):
                excludes.update(_matching(pattern, known))
        elif key == "dlpkey":
            qualifiers = tuple(tuple(order.split(",")) for order in value.split("|")) if value else ((),)
    return ApplicationIdentifier(
        ai, title, _components(formats), "*" in flags, "?" in flags,
        tuple(requires), frozenset(excludes - {ai}), qualifiers,
    )  # fmt: skip


@cache
def _components(formats: str) -> tuple[Component, ...]:
    parts = []
    for optional, kind, variable, length, rules in _COMPONENT.findall(formats):
        named = tuple(RULES[name] for name in rules.split(",") if name)
        parts.append(Component(bool(optional), kind, 1 if variable else int(length), int(length), named))
    return tuple(parts)


def _alternatives(text: str, known: list[str]) -> tuple[frozenset[str], ...]:
    """Read ``01+21,31nn``: each alternative with every pattern written out."""
    found: list[frozenset[str]] = []
    for alternative in text.split(","):
        groups: list[frozenset[str]] = [frozenset()]
        for pattern in alternative.split("+"):
            groups = [group | {ai} for group in groups for ai in _matching(pattern, known)]
        found.extend(groups)
    return tuple(found)


def _matching(pattern: str, known: list[str]) -> list[str]:
    """Return the AIs that a pattern such as ``394n`` stands for."""
    if "n" not in pattern:
        return [pattern]
    prefix = pattern.rstrip("n")
    return [ai for ai in known if ai.startswith(prefix) and len(ai) == len(pattern)]
