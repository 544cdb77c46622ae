"""One small audit for every cause and every consequence, computed by the engine: docs/causes-and-consequences.md.

Make the page anew with ``python -m scanstation.reconcile.examples > docs/causes-and-consequences.md``.  A test keeps it
up to date and holds every example to its `Example.says`.
"""

from scanstation.reconcile.examples.case import Example, shown
from scanstation.reconcile.examples.causes import CAUSES
from scanstation.reconcile.examples.consequences import CONSEQUENCES, FINDINGS, WHOLE

EXAMPLES = (*CAUSES, *CONSEQUENCES, *FINDINGS)
"""All of them."""

__all__ = ["CAUSES", "CONSEQUENCES", "EXAMPLES", "FINDINGS", "WHOLE", "Example", "shown"]
