"""The occurrences of several texts told by one score: each is a digit of its whole part.

A digit has as many values as the text has occurrences in the unit that holds it most often, and one more for none. So
sums over units of the score's whole part, divided by what its digits are worth and rounded down, tell the occurrences
of each text, and all together. Scores are of single precision: up to ``LARGEST`` they leave room for a fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import lcm, prod
from operator import mul

from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.found import Scores
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.engines.opensearch.view import Query
from indexer.query import Sought, Wildcard
from indexer.text import fold, pattern

LARGEST = 2**17
NOTHING: Json = {}
EXACT = 2**24
"""Up to here single precision has every whole number."""


def is_summed(sought: Sought) -> bool:
    """Whether the cluster's phrase frequencies are the occurrences: where a text cannot overlap itself, and is one."""
    if isinstance(sought, Wildcard):
        return False
    text = fold(sought.text)
    return bool(text) and not any(text.startswith(text[start:]) for start in range(1, len(text)))


@dataclass(frozen=True, slots=True)
class Together:
    """Texts from the last digit to the first, and how many values the digit of each has."""

    texts: tuple[Sought, ...]
    values: tuple[int, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """What a one is worth at each digit."""
        return tuple(accumulate(self.values[:-1], mul, initial=1)) if self.values else ()

    @property
    def unit(self) -> int:
        """What queries score for a one of the number: a text scores as much for each of its terms."""
        return lcm(*(terms_of(fold(each.text)) for each in self.texts))

    @property
    def is_exact(self) -> bool:
        """Whether there is room for the number in what queries score, and beside the number for a fraction."""
        return prod(self.values) <= min(LARGEST, EXACT // self.unit)

    def scores(self) -> Scores:
        """What scores each text ``unit`` times what its digit is worth, for each time it stands in a unit."""
        boosted = zip((fold(each.text) for each in self.texts), self.texts, self.steps, strict=True)
        unit = self.unit
        return {pattern(each): text_in("folded", text, unit * step // terms_of(text)) for text, each, step in boosted}

    def digits(self) -> list[str]:
        """The occurrences of each text, as expressions over what ``scores`` give together, with ``params``."""
        from_here = [f"floor(_score / at{n})" for n in range(len(self.texts))]
        above = [f" - values{n} * {more}" for n, more in enumerate(from_here[1:])]
        return [f"({digit}{more})" for digit, more in zip(from_here, [*above, ""], strict=True)] if self.texts else []

    @property
    def params(self) -> Json:
        unit = self.unit
        at = {f"at{n}": unit * step for n, step in enumerate(self.steps)}
        return at | {f"values{n}": many for n, many in enumerate(self.values[:-1])}

    def numbered(self, query: Query, gains: Sequence[str] = (), params: Json = NOTHING) -> Query:
        """A query that scores as ``scores`` say, so that it scores the number and ``gains``: expressions that may name
        ``params``."""
        if not self.texts:
            return query
        script = {
            "lang": "expression", "source": " + ".join(["_score / at0", *gains]), "params": {**self.params, **params},
        }  # fmt: skip
        return {"script_score": {"query": query, "script": script}}

    def sum(self) -> Json:
        """What adds up the occurrences of all texts: the number, less what each digit is too much in it."""
        over = range(1, len(self.steps))
        source = "floor(_score)" + "".join(f" - over{n} * floor(_score / step{n})" for n in over)
        params = {f"step{n}": self.steps[n] for n in over} | {f"over{n}": self.values[n - 1] - 1 for n in over}
        return {"sum": _summing(source, params)} if self.texts else {}

    def sums_by_digit(self) -> Json:
        """What adds up, at each digit but the last, what stands there and before it."""
        return {
            f"from_{n}": _summing("floor(_score / step)", {"step": step}) for n, step in enumerate(self.steps) if n
        }

    def told(self, whole: int, summed: Json) -> dict[Sought, int]:
        """The occurrences of each text, of all together ``whole``, by what ``sums_by_digit`` gave."""
        sums = [round(summed[f"from_{n}"]["value"]) for n in range(1, len(self.texts))]
        places = zip(self.values[1:], pairwise([*sums, 0]), strict=True)
        many = [upto - values * before for values, (upto, before) in places]
        return dict(zip(self.texts, [whole - sum(many), *many], strict=True))


NOTHING_TOLD = Together((), ())


def together(texts: Sequence[Sought], most: Sequence[int]) -> list[Together]:
    """As few as tell the occurrences of all texts, each of which stands so often in one unit at most. What is frequent
    comes at the head of a number, which is the smaller for it."""
    found: list[Together] = []
    for many, text in sorted(zip(most, texts, strict=True), key=lambda each: each[0]):
        before = found.pop() if found else NOTHING_TOLD
        more = Together((*before.texts, text), (*before.values, max(many, 1) + 1))
        alone = Together(more.texts[-1:], more.values[-1:])
        found += [more] if more.is_exact or not before.texts else [before, alone]
    return found


def _summing(source: str, params: Json) -> Json:
    return {"sum": {"script": {"lang": "expression", "source": source, "params": params}}}
