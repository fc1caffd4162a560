"""The folder of the public data sets: `BRIEFINGS_BENCHMARK_DATA` names it, else `shared/data` beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(os.environ.get("BRIEFINGS_BENCHMARK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
