"""What is asked of tables of units, in processes of their own so that the one that measures stays small.

`python -m benchmarks.tables write|events|digest|size|copy …` writes units (and rows of a register), and prints what
ranks and totals come to, how many bytes tables take in memory, and how many bytes a second memory moves.
"""

import ctypes
import os
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks import forty_items, many_events

_SAMPLE: Final = 10_000
_COPIED: Final = 256 * 2**20
_COPIES: Final = 5


def write(path: str, units: str) -> str:
    """Write units for 40 items."""
    forty_items.write_units(Path(path), int(units))
    return ""


def events(units_path: str, rows_path: str, units: str) -> str:
    """Write units and the rows of their register."""
    many_events.write_units(Path(units_path), int(units))
    many_events.write_rows(Path(rows_path), int(units))
    return ""


def digest(path: str) -> str:
    """Return what totals and ranks come to, whatever they are stored as."""
    frame = pl.read_parquet(path, columns=["unit", "rank", "total"]).sort("unit")
    total = frame["total"]
    hundredths = total.to_physical() if total.dtype.is_decimal() else total
    lines = frame.select("unit", pl.col("rank").cast(pl.Int64), hundredths.cast(pl.Int64).alias("total"))
    return sha256(lines.write_csv().encode()).hexdigest()[:12]


def size(path: str) -> str:
    """Return how many bytes a table takes in memory, as told by its first rows."""
    frame = pl.read_parquet(path, n_rows=_SAMPLE)
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    return str(frame.estimated_size() / frame.height * rows)


def copy() -> str:
    """Return how many bytes a second memory reads and writes while all cores copy."""
    threads = os.cpu_count() or 1
    pairs = [(ctypes.create_string_buffer(_COPIED), ctypes.create_string_buffer(_COPIED)) for _ in range(threads)]
    best = 0.0
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(_COPIES):
            start = time.perf_counter()
            list(pool.map(lambda pair: ctypes.memmove(pair[0], pair[1], _COPIED), pairs))
            best = max(best, 2 * threads * _COPIED / (time.perf_counter() - start))
    return str(best)


COMMANDS: Final[Mapping[str, Callable[..., str]]] = {
    "write": write,
    "events": events,
    "digest": digest,
    "size": size,
    "copy": copy,
}

if __name__ == "__main__":
    print(COMMANDS[sys.argv[1]](*sys.argv[2:]))
