"""From a file to the plain lines of its reports: one reader a format, chosen by suffix."""

from indexer.readers.files import SUFFIXES, Part, RawText, Refused, is_beside, parts_of, read, read_part
from indexer.readers.lines import Line

__all__ = ["SUFFIXES", "Line", "Part", "RawText", "Refused", "is_beside", "parts_of", "read", "read_part"]
