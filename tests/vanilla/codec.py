"""Writing a segment term by term: the files of Whoosh's own codec, by a shorter way."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3PostingsWriter, W3Segment
from whoosh.fields import Schema

from indexer.engines.whoosh.postings import TermPostings


class TermCodec(W3Codec):
    """Whoosh's codec, for writing only: segments remember Whoosh's own, so that any Whoosh reads them."""

    def field_writer(self, storage: Any, segment: Any) -> TermWriter:
        return TermWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> BlockWriter:
        return BlockWriter(dbfile, self._blocklimit, byteids, self._compression, self._inlinelimit)

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        return W3Segment(W3Codec(), indexname)


class TermWriter(W3FieldWriter):
    """Takes the terms of a pool with all their postings at once."""

    def add_postings(self, schema: Schema, lengths: Any, items: Iterable[TermPostings]) -> None:
        for field, terms in groupby(items, key=itemgetter(0)):
            self.start_field(field, schema[field])
            writer: Any = self._postwriter
            length_of = lengths.doc_field_length_reader(field)
            sizes = [length_of(doc) or 0 for doc in range(lengths.doc_count_all())]
            for _, term, postings in terms:
                self.start_term(term)
                writer.add_all(postings, sizes)
                self.finish_term()
            self.finish_field()


class BlockWriter(W3PostingsWriter):
    """Fills Whoosh's blocks by the slice."""

    def add_all(self, postings: list[Any], sizes: Sequence[int]) -> None:
        """All of a term's ``postings`` (document, weight, value, …); ``sizes`` are the documents' lengths."""
        for start in range(0, len(postings), 3 * self._blocklimit):
            if self._ids:
                self._write_block()
            block = postings[start : start + 3 * self._blocklimit]
            self._ids = array("I", block[::3])
            self._weights = array("f", block[1::3])
            self._values = list(filter(None, block[2::3]))
            self._maxweight = max(self._weights)
            lengths = [size for doc in self._ids if (size := sizes[doc])]
            if lengths:
                self._minlength, self._maxlength = min(lengths), max(lengths)
