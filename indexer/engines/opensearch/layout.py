"""What an index of a cluster holds: units and reports, and one record of its state. Made from FIELDS."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

import msgspec

from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.place import UNSAID, Division
from indexer.fields import FIELDS, OF_UNITS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import FOLDING_VERSION, Segmenter, fold

FORMAT = "baogao-opensearch"
SCHEMA_VERSION = 3
FARTHEST = 2**31 - 1
"""Pages may begin anywhere, and a filter may name any number of units."""

COMMITTED = "committed"
FILED = "filed"
FILED_TOGETHER = tuple(field.name for field in FIELDS if field.name != OF_UNITS and field.kind != "year")
"""What a unit is filed under as its report is, but for the year, is in one value too."""

PATHS = 4_096
"""So many are kept as they are filed: reports have some hundred sections, and one region each."""

KEYWORD = {"type": "keyword"}
NUMBER = {"type": "long"}
TOLD: Json = {"index": False}
"""Sorted by and counted, but never asked for."""
ASKED_FOR: Json = {"doc_values": False}
KEPT = {"type": "object", "enabled": False}


def made_with(lexicon: tuple[str, ...]) -> Json:
    """What tells whether this version can read an index."""
    return {"format": FORMAT, "schema": SCHEMA_VERSION, "folding": FOLDING_VERSION, "lexicon": list(lexicon)}


def creation(lexicon: tuple[str, ...], division: Division = UNSAID) -> Json:
    """Settings and mapping of a new index."""
    many = division.replicas
    return {
        "settings": {
            "index": {
                "number_of_shards": division.shards or 1,
                **({"auto_expand_replicas": "0-1"} if many is None else {"number_of_replicas": many}),
                "max_result_window": FARTHEST,
                "max_terms_count": FARTHEST,
                "refresh_interval": "-1",
                "replication.type": "DOCUMENT",
                "similarity": {
                    "frequency": {"type": "scripted", "script": {"source": "return query.boost * doc.freq;"}}
                },
            },
            "analysis": {
                "tokenizer": {name: {"type": "ngram", "min_gram": n, "max_gram": n} for name, n in _SIZES.items()},
                "analyzer": {name: {"type": "custom", "tokenizer": name} for name in _SIZES},
            },
        },
        "mappings": {"dynamic": "strict", "_meta": made_with(lexicon), "properties": _properties()},
    }


_SIZES = {"single": 1, "pair": 2}


def _properties() -> Json:
    of_fields = {name: kind for field in FIELDS for name, kind in _of_field(field)}
    lengths = dict.fromkeys(("ordinal", "characters", "tokens"), NUMBER | TOLD)
    texts = {
        "folded": _text("pair") | {"fields": {"single": _text("single")}},
        "above": _text("pair") | {"fields": {"single": _text("single", "docs")}, "position_increment_gap": 100},
        "words": _text("whitespace", "docs"),
    }
    return {
        **dict.fromkeys(("kind", "report", "stretch"), KEYWORD), **dict.fromkeys(("born", "died"), NUMBER),
        **lengths, **texts, **of_fields, FILED: KEYWORD | TOLD, COMMITTED: KEYWORD | ASKED_FOR,
        **dict.fromkeys(("record", "units", "state"), KEPT),
    }  # fmt: skip


def _text(analyzer: str, told: str = "positions") -> Json:
    return {"type": "text", "analyzer": analyzer, "similarity": "frequency", "norms": False, "index_options": told}


def _of_field(field: Field) -> Iterator[tuple[str, Json]]:
    yield field.name, KEYWORD
    match field.kind:
        case "year":
            yield f"{field.name}_number", NUMBER
        case "path":
            yield f"{field.name}_above", KEYWORD
            yield f"{field.name}_within", KEYWORD | ASKED_FOR


def counted(field: Field) -> str:
    """Where all values are under which a unit is counted: of a path also those above."""
    return f"{field.name}_above" if field.kind == "path" else field.name


def within(field: Field) -> str:
    """Where all values are by which a query finds a unit: of a path its parts, one after another from anywhere."""
    return f"{field.name}_within" if field.kind == "path" else field.name


def records(document: Document, generation: int, segmenter: Segmenter) -> Iterator[tuple[str, Json]]:
    """A report and its units, each with its id: the same whenever they are written again."""
    report = document.report
    stem = f"{generation}-{sha256(report.id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    yield stem, report_record(document, generation)
    filed = {"kind": "unit", "born": generation, "report": report.id, **_filed(report)}
    for number, (headings, units) in enumerate(groupby(document.units, key=attrgetter("headings"))):
        of_all = filed | {"stretch": f"{stem}-{number}", "above": [fold(heading.text) for heading in headings]}
        for unit in units:
            yield f"{stem}-{unit.ordinal}", of_all | unit_fields(unit, segmenter)


def report_record(document: Document, generation: int) -> Json:
    return {
        "kind": "report", "born": generation, "report": document.report.id, "record": _written(document.report),
        "units": [unit.ordinal for unit in document.units],
    }  # fmt: skip


def unit_fields(unit: Unit, segmenter: Segmenter) -> Json:
    folded = fold(unit.text)
    words = segmenter.words(folded)
    return {
        "ordinal": unit.ordinal, "folded": folded, "words": " ".join(words), "tokens": len(words),
        "characters": len(folded), "record": _written(unit),
        **{name: value for field in FIELDS if field.name == OF_UNITS for name, value in _values(field, unit)},
    }  # fmt: skip


def _filed(report: Report) -> Json:
    values = {name: value for field in FIELDS if field.name != OF_UNITS for name, value in _values(field, report)}
    return values | {FILED: msgspec.json.encode([values[name] for name in FILED_TOGETHER]).decode()}


def _values(field: Field, of: Report | Unit) -> Iterator[tuple[str, Any]]:
    value = getattr(of, field.name)
    if field.kind != "path":
        yield field.name, str(value)
        if field.kind == "year":
            yield f"{field.name}_number", value
        return
    yield from _path(field.name, value)


@lru_cache(PATHS)
def _path(name: str, parts: tuple[str, ...]) -> tuple[tuple[str, Any], ...]:
    ends = range(1, len(parts) + 1)
    return (
        (name, PATH_SEPARATOR.join(parts)),
        (f"{name}_above", [PATH_SEPARATOR.join(parts[:end]) for end in ends] or [""]),
        (f"{name}_within", [PATH_SEPARATOR.join(parts[start:end]) for end in ends for start in range(end)]),
    )


def _written(value: Report | Unit) -> str:
    return msgspec.json.encode(value).decode()


def report_of(source: Json) -> Report:
    return msgspec.json.decode(source["record"], type=Report)


def unit_of(source: Json) -> Unit:
    return msgspec.json.decode(source["record"], type=Unit)
