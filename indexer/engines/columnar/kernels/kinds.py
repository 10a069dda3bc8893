"""What numbers are written in."""

from __future__ import annotations

from typing import Any

import numpy as np

NARROW, WIDE = np.dtype(np.uint16), np.dtype(np.uint32)
"""What a segment numbers itself: its characters and pieces, and the units in its postings; wide where there are more
of any of them."""
PAIRS: dict[np.dtype[Any], np.dtype[Any]] = {NARROW: np.dtype(np.uint32), WIDE: np.dtype(np.uint64)}
"""Two characters, by what characters are written in."""
UNIT = TIMES = RUN = CODE = OFFSET = np.dtype(np.uint32)
BYTE, MASK, PLACE, REAL = np.dtype(np.uint8), np.dtype(bool), np.dtype(np.int64), np.dtype(np.float64)
