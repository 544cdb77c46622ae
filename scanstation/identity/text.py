"""From the bytes of a symbol to text, where nothing says what its characters are."""


def text_of(data: bytes) -> str:
    """UTF-8; else Shift-JIS where a byte of 80 to 9F stands for no letter of ISO 8859-1; else ISO 8859-1.

    The rule of `drivers.protocols.eci`, which also follows what a symbol says (ECI).
    """
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    if any(0x80 <= byte < 0xA0 for byte in data):
        try:
            return data.decode("shift_jis")
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")
