"""A scanning station for stock audits: from bytes of any device to the promises that a wrong record breaks."""

__version__ = "0.1.0"
