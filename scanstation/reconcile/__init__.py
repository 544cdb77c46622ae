"""Reconcile: expected -> variance -> cause -> consequence, as named SQL steps and a small runner.

Tables in, tables out; no clock, no store.  `reconcile` takes Arrow tables or Parquet files, `run_folder` a whole
folder.  The definition lies in ``steps/``, one file a step, to be read in the order of their numbers.
"""

from scanstation.reconcile.canonical import COLUMNS, canonical, fingerprint
from scanstation.reconcile.errors import Fault, ReconcileError, ReconcileReason
from scanstation.reconcile.folder import run_folder
from scanstation.reconcile.inputs import as_table
from scanstation.reconcile.run import OnStep, Outcome, reconcile
from scanstation.reconcile.summary import KINDS
from scanstation.reconcile.tables import TABLES
from scanstation.reconcile.transfers import fewest, transfers

__all__ = [
    "COLUMNS",
    "KINDS",
    "TABLES",
    "Fault",
    "OnStep",
    "Outcome",
    "ReconcileError",
    "ReconcileReason",
    "as_table",
    "canonical",
    "fewest",
    "fingerprint",
    "reconcile",
    "run_folder",
    "transfers",
]
