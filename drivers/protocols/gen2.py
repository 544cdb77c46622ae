"""What a tag answers by GS1 EPC Gen2 (ISO/IEC 18000-63): PC word, XPC words where the PC says so, EPC (6.3.2.1.2)."""

XI = 0x0200
"""Bit 16h of the PC: the word XPC_W1 follows it."""

XEB = 0x8000
"""Bit 210h, the first of XPC_W1: XPC_W2 follows it."""

_WORD = 2


def split_xpc(pc: int, answered: bytes) -> tuple[bytes, bytes]:
    """(XPC words, EPC) of what a tag answered behind its PC, whose length counts both.

    >>> [part.hex() for part in split_xpc(0x2200, bytes.fromhex("0001e2801191a503"))]
    ['0001', 'e2801191a503']
    """
    size = _WORD if pc & XI else 0
    if size and int.from_bytes(answered[:_WORD], "big") & XEB:
        size += _WORD
    return answered[:size], answered[size:]


def words_fit(pc: int, words: int) -> bool:
    """Whether an EPC of this many words can stand beside this PC, whose length counts XPC words that it may lack.

    >>> words_fit(0x3000, 6), words_fit(0x3000, 5), words_fit(0x3A00, 6)
    (True, False, True)
    """
    return (pc >> 11) - words in ((0, 1, 2) if pc & XI else (0,))


def tag_memory(pc: bytes, answered: bytes) -> dict[str, str]:
    """The fields of ``pc`` and what was answered behind it, in hex: ``pc``, ``epc``, and ``xpc`` where there is one."""
    xpc, epc = split_xpc(int.from_bytes(pc, "big"), answered)
    return {"pc": pc.hex(), "epc": epc.hex()} | ({"xpc": xpc.hex()} if xpc else {})
