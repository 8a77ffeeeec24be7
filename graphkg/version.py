"""The version of graphkg and of its saved folders."""

__version__ = "0.1.0"
FORMAT = 1
