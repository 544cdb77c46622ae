"""The command line: thin; it parses, calls and prints."""

from scanstation.cli.app import main

__all__ = ["main"]
