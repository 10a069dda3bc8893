"""An engine's times by the product's, question by question."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.engines import BM25S, PRODUCT, TOKENISING
from bench.measured import Asked, Measured


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was measured over some texts, by engine."""

    texts: str
    measured: dict[str, Measured]

    @property
    def product(self) -> Measured:
        return self.measured[PRODUCT]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The classes of questions, in order."""
        return tuple(dict.fromkeys(each.kind for each in asked(self.product)))

    def differing(self, engine: str) -> tuple[str, ...]:
        """The questions (``panel`` for the panel) that an engine answers otherwise than the product."""
        searching, own = self.measured[engine].searching, self.product.searching
        if searching is None or own is None or engine == BM25S:
            return ()
        pairs = zip(own.asked, searching.asked, strict=True)
        names = [a.name for a, b in pairs if (a.total, a.facets) != (b.total, b.facets)]
        return (*names, *["panel"] * (searching.panel_counts != own.panel_counts))

    def ratios(self, engine: str, kind: str | None = None) -> list[float]:
        """The engine's median by the product's for each question, of one class or all."""
        pairs = zip(asked(self.product), asked(self.measured[engine]), strict=True)
        return [median(other) / median(own) for own, other in pairs if kind in (None, own.kind)]

    def indexing(self, engine: str) -> float:
        """The engine's time to index by the product's, both whole."""
        return self.measured[engine].building.whole / self.product.building.whole

    def indexing_tokens(self, engine: str) -> float:
        """The same in the work of processors, without what each takes to make its tokens: of the product, what folding
        and cutting take by themselves."""
        other = self.measured[engine].building
        own = self.product.building.work - self.measured[TOKENISING].building.work
        return (other.work - other.tokenising_work) / own


def asked(measured: Measured) -> tuple[Asked, ...]:
    """Its questions; none of what is no engine."""
    return measured.searching.asked if measured.searching else ()


def times(measured: Measured, kind: str | None = None) -> list[float]:
    """Every single time, of one class of questions or all."""
    return [spent for each in asked(measured) if kind in (None, each.kind) for spent in each.times]


def median(question: Asked) -> float:
    return statistics.median(question.times)


def growth(smaller: Comparison, larger: Comparison) -> list[float]:
    """The product's times over more units by those over fewer, the middle question of each class."""
    by_kind: dict[str, list[float]] = {}
    for few, many in zip(asked(smaller.product), asked(larger.product), strict=True):
        by_kind.setdefault(few.kind, []).append(median(many) / median(few))
    return [statistics.median(each) for each in by_kind.values()]
