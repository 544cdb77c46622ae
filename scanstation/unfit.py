"""What does not fit, in plain words: the faults that models find in settings, files and requests."""

from collections.abc import Mapping, Sequence
from typing import Any

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "unexpected_keyword_argument": "is not known here",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "has not the right form",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must have names and values",
    "model_type": "must have names and values",
    "dataclass_type": "must have names and values",
    "model_attributes_type": "must be a JSON object",
    "json_invalid": "is not valid JSON",
}
"""By pydantic's name of a fault: what is said behind the name or value that does not fit."""


def unfit(fault: Mapping[str, Any]) -> str:
    """What is wrong, of a fault as pydantic lists it; a kind without words of its own keeps pydantic's."""
    words = _WORDS.get(str(fault.get("type")))
    if words is None:
        return str(fault.get("msg", "is wrong"))
    bounds = {name: f"{bound:g}" if isinstance(bound, float) else bound for name, bound in fault.get("ctx", {}).items()}
    return words.format_map(bounds)


def placed(parts: Sequence[str | int]) -> list[str]:
    """Where a fault is, as people count: the second of a list is ``row 2``."""
    return [f"row {part + 1}" if isinstance(part, int) else str(part) for part in parts]
