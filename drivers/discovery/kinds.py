"""What kinds of device a machine can have plugged in, by the way they are read."""

from enum import StrEnum


class Kind(StrEnum):
    """The way a device is read."""

    SERIAL = "serial"  # a port: scanners in COM mode, RFID modules, adapters
    KEYBOARD = "keyboard"  # a scanner that types, as event device
    HIDRAW = "hidraw"  # a scanner in HID point-of-sale mode
    CAMERA = "camera"
    CARD_READER = "card reader"  # by PC/SC
    UNREADABLE = "unreadable"  # known, but in a mode that no driver reads
