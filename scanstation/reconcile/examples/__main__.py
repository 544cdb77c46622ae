"""Prints docs/causes-and-consequences.md."""

from scanstation.reconcile.examples.page import page

if __name__ == "__main__":
    print(page())
