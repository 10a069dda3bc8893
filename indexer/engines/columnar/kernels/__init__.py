"""Passes over arrays that are made too often for numpy: compiled from C, bound to arrays here and in ``segments``.

All raise TypeError for arrays of another kind than theirs. A number beyond the end of the array that it is a place in
is the caller's fault: foreign memory is read or overwritten.
"""

from __future__ import annotations

import numpy as np

from indexer.engines.columnar.kernels.kinds import CODE, MASK, PLACE, REAL, RUN, TIMES, UNIT
from indexer.engines.columnar.kernels.library import address, function
from indexer.engines.columnar.layout import Array


def members(mask: Array) -> Array:
    """The units for which ``mask`` is true."""
    found = np.empty(len(mask) + 1, UNIT)
    return found[: function("members")(address(mask, MASK), len(mask), address(found, UNIT))]


def marked(units: Array, size: int) -> Array:
    """Of each of ``size`` units, whether it is among ``units``."""
    mask = np.zeros(size, MASK)
    function("mark")(address(units, UNIT), len(units), address(mask, MASK))
    return mask


def add_where(mask: Array, weight: float, numbers: Array) -> None:
    """Add ``weight`` to the ``numbers`` for which ``mask`` is true."""
    function("add_where")(address(mask, MASK), len(mask), weight, address(numbers, REAL))


def spread(units: Array, times: Array, size: int) -> Array:
    """Of each of ``size`` units its number in ``times``, which are of ``units``; 0 of others."""
    everywhere = np.zeros(size, TIMES)
    function("spread")(address(units, UNIT), address(times, TIMES), len(units), address(everywhere, TIMES))
    return everywhere


def among(units: Array, holders: Array, times: Array) -> Array:
    """Of each of ``units`` its number in ``times``, which are of ``holders``; 0 of others. Both are in order."""
    found = np.zeros(len(units), TIMES)
    if not len(holders):
        return found
    function("among")(
        address(units, UNIT), len(units), address(holders, UNIT), address(times, TIMES), len(holders),
        address(found, TIMES),
    )  # fmt: skip
    return found


def passing(units: Array, runs: Array, passes: Array) -> Array:
    """Those of ``units`` whose run passes; ``runs`` are those of all units."""
    passed = np.empty(len(units) + 1, UNIT)
    count = function("passing")(
        address(units, UNIT), len(units), address(runs, RUN), address(passes, MASK), address(passed, UNIT)
    )
    return passed[:count]


def mark_near(
    standings: tuple[Array, Array], length: int, others: tuple[Array, Array], distance: int, mask: Array
) -> None:
    """Set in ``mask`` each unit in which one of ``others`` begins at most ``distance`` behind the end of one of
    ``standings``, which are of this length. Both are units, and places in order."""
    (units, places), (others_units, others_places) = standings, others
    function("near")(
        address(units, UNIT), address(places, PLACE), len(units), length, address(others_units, UNIT),
        address(others_places, PLACE), len(others_units), distance, address(mask, MASK),
    )  # fmt: skip


def taken(units: Array, everywhere: Array) -> Array:
    """What is of ``units`` of what is of all units: numbers or reals."""
    found, kind = np.empty(len(units), everywhere.dtype), everywhere.dtype
    name = "taken_reals" if kind == REAL else "taken"
    function(name)(address(units, UNIT), len(units), address(everywhere, kind), address(found, kind))
    return found


def tally(units: Array, run_of: Array) -> tuple[Array, Array]:
    """The runs of ``units``, which are in order, each once, and how many of the units each has; ``run_of`` are the runs
    of all units, in order."""
    runs, sizes = np.empty(len(units), RUN), np.empty(len(units), TIMES)
    count = function("tally")(
        address(units, UNIT), len(units), address(run_of, RUN), address(runs, RUN), address(sizes, TIMES)
    )
    return runs[:count], sizes[:count]


def tally_times(units: Array, run_of: Array, times: Array) -> tuple[Array, Array, Array]:
    """As ``tally``, and of every run also the sum of ``times``, which are of the units."""
    runs, sizes, sums = np.empty(len(units), RUN), np.empty(len(units), TIMES), np.empty(len(units), TIMES)
    count = function("tally_times")(
        address(units, UNIT), address(times, TIMES), len(units), address(run_of, RUN), address(runs, RUN),
        address(sizes, TIMES), address(sums, TIMES),
    )  # fmt: skip
    return runs[:count], sizes[:count], sums[:count]


def sums(runs: Array, units: Array, times: Array, passes: Array, codes: Array, size: int) -> tuple[Array, Array]:
    """The sums of ``units`` and of ``times``, which are of ``runs``, by the codes of those runs that pass; codes are
    below ``size``. ``passes`` and ``codes`` are of all runs there are."""
    of_units, of_times = np.zeros(size, PLACE), np.zeros(size, PLACE)
    function("sums")(
        address(runs, RUN), len(runs), address(units, TIMES), address(times, TIMES), address(passes, MASK),
        address(codes, CODE), address(of_units, PLACE), address(of_times, PLACE),
    )  # fmt: skip
    return of_units, of_times


def add_worth(times: Array, norms: Array, weight: float, gain: float, scores: Array) -> None:
    """Add to scores what it is worth to have something so many ``times``, fewer than 2**31: ``weight`` times a share of
    ``gain``, which is a half where the times are the unit's own of ``norms``."""
    function("worth")(address(times, TIMES), address(norms, REAL), len(times), weight, gain, address(scores, REAL))


def highest(scores: Array, most: int) -> Array:
    """Places in order that have the ``most`` highest of ``scores`` among them, and few others."""
    if most >= len(scores):
        return np.arange(len(scores), dtype=UNIT)
    heap, places = np.empty(max(1, most)), np.empty(len(scores), UNIT)
    count = function("highest")(
        address(scores, REAL), len(scores), address(heap, REAL), len(heap), address(places, UNIT)
    )
    return places[:count]
