"""Whoosh's documents: one for each unit, and one for each report, with ordinal 0, that carries its own record."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec
from whoosh import columns, fields
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

from indexer.fields import FIELDS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import Segmenter, characters, fold, pairs

SCHEMA_VERSION = 2
"""Raise it when the documents change: indexes written before are then refused."""

REPORT_RECORD = 0
"""The ordinal of a report's own document; its units count from 1."""

HEADING_END = "\n"
"""Between the folded headings above a unit; no folded text has it."""


def schema() -> fields.Schema:
    """The Whoosh schema; every facet of FIELDS is an indexed column. Tokens are numbered as they come."""
    return fields.Schema(
        report=fields.ID(sortable=True),
        ordinal=fields.COLUMN(columns.NumericColumn("i")),
        words=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True),
        grams=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True),
        characters=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False),
        folded=fields.COLUMN(columns.VarBytesColumn()),
        length=fields.COLUMN(columns.NumericColumn("i")),
        headings=fields.COLUMN(columns.VarBytesColumn()),
        stretch=fields.COLUMN(columns.NumericColumn("i")),
        record=fields.STORED(),
        **{field.name: fields.ID(sortable=True) for field in FIELDS},
    )


def report_document(report: Report) -> dict[str, object]:
    """The document of a report's own record."""
    return {"report": report.id, "ordinal": REPORT_RECORD, "record": msgspec.json.encode(report)}


def unit_documents(document: Document, segmenter: Segmenter) -> Iterator[dict[str, object]]:
    """The documents of a report's units. ``stretch`` counts from 0 in the report: see ``query.SameStretch``."""
    for stretch, (_, units) in enumerate(groupby(document.units, key=lambda unit: unit.headings)):
        for unit in units:
            yield {**_unit_document(document.report, unit, segmenter), "stretch": stretch}


def _unit_document(report: Report, unit: Unit, segmenter: Segmenter) -> dict[str, object]:
    folded = fold(unit.text)
    return {
        "report": report.id,
        "ordinal": unit.ordinal,
        "words": list(segmenter.words(folded)),
        "grams": list(pairs(folded)),
        "characters": list(characters(folded)),
        "folded": folded.encode(),
        "length": len(folded),
        "headings": HEADING_END.join(fold(heading.text) for heading in unit.headings).encode(),
        "record": msgspec.json.encode(unit),
        **{field.name: _filed_under(field, report, unit) for field in FIELDS},
    }


def _filed_under(field: Field, report: Report, unit: Unit) -> str:
    value = getattr(unit if field.name == "section" else report, field.name)
    return PATH_SEPARATOR.join(value) if field.kind == "path" else str(value)
