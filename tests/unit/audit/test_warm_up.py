"""The first location that closes does not wait for what Python has to load."""

import subprocess
import sys

PROGRAM = """
import sys
from scanstation.audit import live
before = set(sys.modules)
live.warm_up()
assert "pyarrow" not in before, "loaded too early: a command would start slowly"
assert "pyarrow" in sys.modules
"""


def test_what_a_closing_needs_is_loaded_by_warming_up_and_not_before():
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
