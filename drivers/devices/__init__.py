"""Devices on a wire: a transport and a protocol joined, and the factories behind the URL schemes."""

from drivers.devices.factories import null_device, replay_device, serial_device, tcp_device
from drivers.devices.wire import Backoff, WireDevice

__all__ = ["Backoff", "WireDevice", "null_device", "replay_device", "serial_device", "tcp_device"]
