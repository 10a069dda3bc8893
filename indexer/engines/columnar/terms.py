"""The terms of a segment as Whoosh reads them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, dropwhile

import numpy as np
from whoosh.codec import base
from whoosh.fields import FieldType
from whoosh.formats import Format
from whoosh.reading import TermInfo, TermNotFound
from whoosh.scoring import BaseScorer

from indexer.engines.columnar.layout import Array
from indexer.engines.columnar.lexicons import Lexicon, Postings
from indexer.engines.columnar.matcher import PostingsMatcher

Term = tuple[str, bytes]
"""A field, and a term in it."""


class Terms(base.TermsReader):
    """``lexicons`` in the order of their fields; ``lengths`` of every unit in the fields that are scored."""

    def __init__(self, lexicons: Mapping[str, Lexicon], lengths: Mapping[str, Array], size: int) -> None:
        self._lexicons, self._lengths = lexicons, lengths
        self._unscored = np.zeros(size, np.int64)

    def __contains__(self, term: Term) -> bool:
        return self._number(*term) is not None

    def indexed_field_names(self) -> Iterable[str]:
        return self._lexicons.keys()

    def cursor(self, fieldname: str, fieldobj: FieldType) -> Cursor:
        return Cursor(self, fieldname, self._lexicons.get(fieldname, ()), fieldobj)

    def terms(self) -> Iterator[Term]:
        return chain.from_iterable(self._from(field, 0) for field in self._lexicons)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Term]:
        if fieldname not in self._lexicons:
            return iter(())
        after = list(dropwhile(lambda field: field <= fieldname, self._lexicons))
        start = bisect_left(self._lexicons[fieldname], prefix)
        return chain(self._from(fieldname, start), *(self._from(field, 0) for field in after))

    def items(self) -> Iterator[tuple[Term, TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Term, TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """What is known of a term. Raises KeyError where there is none."""
        postings, lengths = self._postings(fieldname, text), self._of_field(fieldname)
        units, times, of_units = postings.units, postings.times, lengths[postings.units]
        return TermInfo(
            weight=float(times.sum()), df=len(units), maxweight=float(times.max()),
            minlength=int(of_units.min()), maxlength=int(of_units.max()), minid=int(units[0]), maxid=int(units[-1]),
        )  # fmt: skip

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term is there. Raises KeyError where it is not."""
        return float(self._postings(fieldname, text).times.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """How many units have a term. Raises KeyError where none has."""
        return len(self._postings(fieldname, text).units)

    def matcher(
        self, fieldname: str, text: bytes, format_: Format, scorer: BaseScorer | None = None
    ) -> PostingsMatcher:
        """What goes through a term's units. Raises TermNotFound."""
        try:
            postings = self._postings(fieldname, text)
        except KeyError:
            raise TermNotFound(f"{fieldname}:{text!r}") from None
        return PostingsMatcher((fieldname, text), postings, self._of_field(fieldname), format_, scorer)

    def _from(self, field: str, start: int) -> Iterator[Term]:
        lexicon = self._lexicons[field]
        return ((field, lexicon[number]) for number in range(start, len(lexicon)))

    def _of_field(self, field: str) -> Array:
        return self._lengths.get(field, self._unscored)

    def _postings(self, field: str, text: bytes) -> Postings:
        number = self._number(field, text)
        if number is None:
            raise KeyError(field, text)
        return self._lexicons[field].postings(number)

    def _number(self, field: str, text: bytes) -> int | None:
        if field not in self._lexicons:
            return None
        lexicon = self._lexicons[field]
        number = bisect_left(lexicon, text)
        return number if number < len(lexicon) and lexicon[number] == text else None


class Cursor(base.FieldCursor):
    """Stands at one term of a field after another, at the first to begin with."""

    def __init__(self, terms: Terms, field: str, lexicon: Lexicon | tuple[()], type_: FieldType) -> None:
        self._terms, self._field, self._lexicon, self._type = terms, field, lexicon, type_
        self._at = 0

    def first(self) -> str | None:
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Go to the first term from ``term``."""
        self._at = bisect_left(self._lexicon, self._type.to_bytes(term))
        return self.text()

    def next(self) -> str | None:
        self._at = min(self._at + 1, len(self._lexicon))
        return self.text()

    def is_valid(self) -> bool:
        return self._at < len(self._lexicon)

    def text(self) -> str | None:
        """The term; None behind the last one."""
        return self._type.from_bytes(self._lexicon[self._at]) if self.is_valid() else None

    def term_info(self) -> TermInfo | None:
        return self._terms.term_info(self._field, self._lexicon[self._at]) if self.is_valid() else None
