"""Explains why requests in a HAR recording were refused."""

__version__ = "0.1.0"
