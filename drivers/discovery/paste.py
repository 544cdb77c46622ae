"""What is plugged in, as tables to paste into ``station.toml``."""

import json
from collections.abc import Iterable

from drivers.discovery.kinds import Kind
from drivers.discovery.look import Found


def to_paste(found: Iterable[Found]) -> str:
    """A table ``[[devices]]`` for each; what may be a person's keyboard, and what nobody reads, as comments."""
    blocks = [_block(one, number) for number, one in enumerate(found, start=1)]
    return "\n\n".join(blocks) or "# nothing is plugged in"


def _block(one: Found, number: int) -> str:
    lines = [f"# {' '.join(one.advice.split())}"] if one.advice else []
    if not one.url:
        return "\n".join([f"# {one.name}", *lines])
    name, url = (json.dumps(text, ensure_ascii=False) for text in (f"{one.name} {number}", one.url))
    mark = "# " if one.kind is Kind.KEYBOARD and not one.known else ""
    lines += [f"{mark}{line}" for line in ("[[devices]]", f"name = {name}", f"url = {url}")]
    lines += [f"{mark}{key} = {json.dumps(value)}" for key, value in one.settings.items()]
    return "\n".join(lines)
