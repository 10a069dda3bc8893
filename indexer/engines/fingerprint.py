"""What names the content of an index, the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

import msgspec

from indexer.model import Report
from indexer.text import FOLDING_VERSION


def fingerprint(lexicon: Sequence[str], reports: Iterable[Report]) -> str:
    """Equal where the same reports were folded and cut alike, whenever, in whatever order, from whatever folder and
    by whichever engine they were put in."""
    digest = sha256(f"{FOLDING_VERSION} {sha256(chr(10).join(sorted(set(lexicon))).encode()).hexdigest()}".encode())
    for report in sorted(reports, key=lambda report: report.id):
        anywhere = replace(report, source=replace(report.source, path="", recipe=""))
        digest.update(b"\n" + msgspec.json.encode(anywhere))
    return digest.hexdigest()[:16]
