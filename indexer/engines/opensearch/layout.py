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
from indexer.fields import BY_NAME, FIELDS, OF_UNITS, PATH_SEPARATOR, Field
from indexer.model import Document, Report, Unit
from indexer.text import FOLDING_VERSION, Segmenter, fold
from indexer.text.many import spell

FORMAT = "baogao-opensearch"
SCHEMA_VERSION = 4
FARTHEST = 2**31 - 1
"""Pages may begin anywhere, and a filter may name any number of units."""

COMMITTED = "committed"
FILED = "filed"
FILED_TOGETHER = tuple(field.name for field in FIELDS if field.name != OF_UNITS and field.kind != "year")
"""What a unit is filed under as its report is, but for the year, is in one value too."""

PATHS = 4_096
"""So many are kept as they are filed: reports have some hundred sections, and one region each."""

HEADINGS = 1_024
"""So many are kept folded: what stands in a chapter has it above it, section by section."""

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


def records(document: Document, generation: int, segmenter: Segmenter) -> Iterator[tuple[str, bytes]]:
    """A report and its units as JSON, each with its id: the same whenever they are written again."""
    report, units = document.report, document.units
    stem = f"{generation}-{sha256(report.id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    yield stem, msgspec.json.encode(report_record(document, generation))
    texts = spell([unit.text for unit in units], segmenter)
    filed = {"kind": "unit", "born": generation, "report": report.id, **_filed(report)}
    for number, (headings, below) in enumerate(groupby(units, key=attrgetter("headings"))):
        above = {"stretch": f"{stem}-{number}", "above": [_folded(heading.text) for heading in headings]}
        of_all = _open(filed | above)
        for unit, (folded, words) in zip(below, texts, strict=False):
            own = _OfUnit(unit.ordinal, folded, words, words.count(" ") + bool(words), len(folded), unit)
            yield f"{stem}-{unit.ordinal}", of_all + _of_unit(getattr(unit, OF_UNITS)) + msgspec.json.encode(own)[1:]


@lru_cache(HEADINGS)
def _folded(heading: str) -> str:
    return fold(heading)


class _OfUnit(msgspec.Struct, frozen=True, gc=False):
    """What no other unit has, as the index calls it."""

    ordinal: int
    folded: str
    words: str
    tokens: int
    characters: int
    record: Unit


def _open(fields: Json) -> bytes:
    """As JSON to which more fields are added."""
    return msgspec.json.encode(fields)[:-1] + b","


@lru_cache(PATHS)
def _of_unit(value: Any) -> bytes:
    """What it is filed under apart from its report, to be added to more fields."""
    return _open(dict(_values(BY_NAME[OF_UNITS], value)))[1:]


def report_record(document: Document, generation: int) -> Json:
    return {
        "kind": "report", "born": generation, "report": document.report.id, "record": document.report,
        "units": [unit.ordinal for unit in document.units],
    }  # fmt: skip


def _filed(report: Report) -> Json:
    fields = [field for field in FIELDS if field.name != OF_UNITS]
    values = {name: value for field in fields for name, value in _values(field, getattr(report, field.name))}
    return values | {FILED: msgspec.json.encode([values[name] for name in FILED_TOGETHER]).decode()}


def _values(field: Field, value: Any) -> Iterator[tuple[str, Any]]:
    if field.kind != "path":
        yield field.name, str(value)
        if field.kind == "year":
            yield f"{field.name}_number", value
        return
    ends = range(1, len(value) + 1)
    yield field.name, PATH_SEPARATOR.join(value)
    yield f"{field.name}_above", [PATH_SEPARATOR.join(value[:end]) for end in ends] or [""]
    yield f"{field.name}_within", [PATH_SEPARATOR.join(value[start:end]) for end in ends for start in range(end)]


def report_of(source: Json) -> Report:
    return msgspec.convert(source["record"], Report)


def unit_of(source: Json) -> Unit:
    return msgspec.convert(source["record"], Unit)
