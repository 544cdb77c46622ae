"""Read any barcode scanner, RFID reader or camera by URL; usable without the rest of scanstation.

>>> from drivers import Carrier, Read
>>> Read(payload=b"4006381333931", device="demo", received_at=0, aim="]E0").carrier
<Carrier.BARCODE: 'barcode'>
"""

from drivers.errors import DriverError, Reason
from drivers.read import Carrier, Read, Verdict

__all__ = ["Carrier", "DriverError", "Read", "Reason", "Verdict"]
