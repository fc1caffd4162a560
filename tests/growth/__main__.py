"""Prints a line for each function of the table and each shape with which its CPU grows faster than the text."""

from __future__ import annotations

import argparse
import gc

from growth.measure import SIEVED, faults_of

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="+")
    parser.add_argument("--size", type=int, default=SIEVED)
    parser.add_argument("--every-end", action="store_true")
    arguments = parser.parse_args()
    gc.collect()
    gc.freeze()  # else the collector of each fork would walk, and so copy, all that is loaded
    for name in arguments.names:
        for fault in faults_of(name, sieved=arguments.size, every_end=arguments.every_end):
            print(fault, flush=True)  # noqa: T201  the test reads it
