"""Payloads a second: ours against biip and epcpy, every payload different, all in one run.

    python bench/identity.py [--payloads 4000] [--rounds 7]

Three sorts of payload: random sets of application identifiers drawn from the GS1 dictionary, ``01+17+10+21`` as on
most labels, and SGTIN-96 tags.  Each parser reads the same payloads in interleaved rounds; the best round counts (CPU
time, so that a busy machine disturbs less).  A payload that a parser rejects counts as read.  biip and epcpy are test
dependencies; neither caches, and neither do we.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable

from biip import ParseConfig
from biip import ParseError as BiipError
from biip.gs1_messages import GS1Message
from epcpy.utils.parsers import hex_to_tag_encodable

from scanstation.identity import IdentityError, format_sgtin96, identify, interpret
from scanstation.identity.aitable import GS, ai_table
from scanstation.identity.elements import format_elements
from scanstation.identity.sample import sample_elements, sample_value

Parser = Callable[[str], object]
CONFIG = ParseConfig()


def random_sets(count: int, chance: random.Random) -> list[str]:
    """Element strings of one to five random AIs."""
    return [format_elements(sample_elements(chance, chance.randint(1, 5))) for _ in range(count)]


def labels(count: int, chance: random.Random) -> list[str]:
    """Element strings of GTIN, expiry, lot and serial."""
    table = ai_table()
    found = []
    for _ in range(count):
        gtin, expiry, lot, serial = (sample_value(table[ai], chance) for ai in ("01", "17", "10", "21"))
        found.append(f"01{gtin}17{expiry}10{lot}{GS}21{serial}")
    return found


def tags(count: int, chance: random.Random) -> list[str]:
    """Memory of SGTIN-96 tags, as hexadecimal text."""
    gtin = ai_table()["01"]
    return [
        format_sgtin96(sample_value(gtin, chance), chance.randrange(2**38), chance.randint(6, 12)).hex().upper()
        for _ in range(count)
    ]


def _biip(payload: str) -> object:
    try:
        return {e.ai.ai: e.value for e in GS1Message.parse(payload, config=CONFIG).element_strings}
    except BiipError:
        return None


def _epcpy(payload: str) -> object:
    tag = hex_to_tag_encodable(payload)
    return tag.epc_uri, tag.gs1_element_string()


def _ours(kind: str) -> Parser:
    def parse(payload: str) -> object:
        try:
            return interpret(payload, kind)
        except IdentityError:
            return None

    return parse


def _station(payload: str) -> object:
    return identify(payload, aim="]C1")


def _station_tag(payload: str) -> object:
    return identify(payload, carrier="epc")


def measure(parsers: dict[str, Parser], payloads: list[str], rounds: int) -> dict[str, float]:
    """Return payloads a second by parser."""
    best = dict.fromkeys(parsers, float("inf"))
    for _ in range(rounds):
        for name, parse in parsers.items():
            start = time.process_time()
            for payload in payloads:
                parse(payload)
            best[name] = min(best[name], time.process_time() - start)
    return {name: len(payloads) / seconds for name, seconds in best.items()}


def main() -> int:
    """Print the table; return 1 where a bar is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--payloads", type=int, default=4000)
    arguments.add_argument("--rounds", type=int, default=7)
    options = arguments.parse_args()
    chance = random.Random(3)
    elements = {"interpret": _ours("gs1_element_string"), "with companions": _ours("gs1_association"), "biip": _biip}
    cases: list[tuple[str, list[str], dict[str, Parser], str, float]] = [
        ("random AI sets", random_sets(options.payloads, chance), elements, "biip", 10),
        ("01+17+10+21", labels(options.payloads, chance), {**elements, "identify": _station}, "biip", 10),
        (
            "SGTIN-96",
            tags(options.payloads, chance),
            {"interpret": _ours("epc_hex"), "identify": _station_tag, "epcpy": _epcpy},
            "epcpy",
            5,
        ),
    ]
    missed = False
    for name, payloads, parsers, peer, bar in cases:
        rates = measure(parsers, payloads, options.rounds)
        ratio = rates["interpret"] / rates[peer]
        missed = missed or ratio < bar
        shown = "  ".join(f"{parser} {rate:,.0f}/s" for parser, rate in rates.items())
        print(f"{name:15} {shown}   interpret is {ratio:.1f} times {peer} (bar {bar:g})")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
