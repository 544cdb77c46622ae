"""Every payload of the shared vectors: right where it is valid, an IdentityError where it is not."""

import re
from decimal import Decimal
from typing import Any

import pytest

from scanstation.identity import IdentityError, interpret
from scanstation.identity.interpret import KINDS

NUMBERS = {"weight", "price", "count"}
GS1_KINDS = set(KINDS) - {"rcn", "iso15434", "hibc", "epc_hex", "epc_tag", "epc_tag_uri"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_vectors(kind: str, vectors: Any) -> None:
    faults = []
    cases = vectors(kind)
    for case in cases:
        try:
            answer = interpret(case["input"], kind)
        except IdentityError as error:
            if case["valid"]:
                faults.append((case["input"], str(error)))
            continue
        if not case["valid"] or _differs(answer, case["expected"], kind):
            faults.append((case["input"], answer, case["reason"] or case["expected"]))
    assert faults == []
    assert cases


def _differs(answer: dict[str, Any], expected: dict[str, Any], kind: str) -> bool:
    for key, value in expected.items():
        same = Decimal(answer[key]) == Decimal(value) if key in NUMBERS else answer.get(key) == value
        if not same:
            return True
    return kind in GS1_KINDS and any(re.fullmatch(r"\d{2,4}", key) and key not in expected for key in answer)


def test_an_unknown_kind_is_no_payload_error() -> None:
    with pytest.raises(NotImplementedError, match="kind 'epcis' is not read here"):
        interpret("{}", "epcis")
