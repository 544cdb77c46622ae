"""What is plugged in, and the URL to read it by."""

from drivers.discovery.kinds import Kind
from drivers.discovery.look import Found, find_devices
from drivers.discovery.paste import to_paste
from drivers.discovery.profiles import Profile, load_profiles

__all__ = ["Found", "Kind", "Profile", "find_devices", "load_profiles", "to_paste"]
