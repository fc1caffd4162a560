"""The folder of the public data sets: named by `BRIEFINGS_BENCHMARK_DATA`, else `shared/data` beside the checkout.

The data sets are not part of the project; a table whose data set is missing says so and has no rows.
"""

from __future__ import annotations

import os
from pathlib import Path

DATA = Path(os.environ.get("BRIEFINGS_BENCHMARK_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
