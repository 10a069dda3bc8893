"""From a file to the plain lines of its reports: one reader a format, chosen by suffix."""

from indexer.readers.files import SUFFIXES, RawText, Refused, read
from indexer.readers.lines import Line

__all__ = ["SUFFIXES", "Line", "RawText", "Refused", "read"]
