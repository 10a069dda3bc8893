"""How plain lines become a report: furniture out, lines joined, headings found, metadata inferred, sections marked."""

from indexer.structure.build import Draft, build

__all__ = ["Draft", "build"]
