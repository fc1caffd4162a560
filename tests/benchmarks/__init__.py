"""Benchmarks. They use the builders and fakes of the tests, which are found once `tests/` is on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
