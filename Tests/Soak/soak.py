#!/usr/bin/env python3
"""Runs thousands of cells in one kernel, and tells whether its memory, threads and files stay flat.

    NABLA=.build/nabla soak.py [--cells 20000] [--seconds 600] [--seed 1]

Cells of many kinds, errors, prints, displays, typed input, completions, inspections, interrupts, comms,
nonsense on the wire, and clients that leave and come back, over loopback; see `actions.py`. After each
500 cells the kernel is measured while it rests. A window of measurements late in the run is compared with
one after the warm-up. Ends with exit code 1 when something grew, and after so many seconds at the latest;
no process is left behind.
"""

import argparse
import os
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "CommandTests" / "Peers" / "kernel"))
import actions  # noqa: E402
import client as peers  # noqa: E402

# Megabytes that a kernel may grow by for each 1,000 cells.
LIMIT = 0.05
# Cells between two measurements, and between two clients.
STEP = 500
# The parts of the run that are compared. The warm-up before them is long: what the allocator and the tape
# keep for reuse reaches its highest mark only after thousands of cells in random order.
EARLY, LATE = (0.5, 0.65), (0.85, 1.0)


class Sample:
    """What the kernel takes while it rests."""

    FIELDS = {"resident": "resident memory", "heap": "heap and stacks", "threads": "threads", "files": "files"}

    def __init__(self, kernel, cells):
        process = pathlib.Path("/proc") / str(kernel.process.pid)
        pages = {}
        for line in (process / "smaps_rollup").read_text().splitlines()[1:]:
            field, size, _ = line.split()
            pages[field] = int(size) / 1024
        self.cells = cells
        self.resident = pages["Rss:"]
        self.heap = pages["Anonymous:"]
        self.threads = len(os.listdir(process / "task"))
        self.files = len(os.listdir(process / "fd"))


def rested(kernel, cells, expected=None):
    """A sample once the kernel closed the connections of clients that left, or after two seconds."""
    end = time.monotonic() + 2
    while True:
        sample = Sample(kernel, cells)
        if expected is None or sample.files <= expected or time.monotonic() > end:
            return sample
        time.sleep(0.01)


def soak(kernel, total, seconds, rng):
    """Runs that many cells, and gives the samples."""
    functions, weights = zip(*actions.ACTIONS)
    client = kernel.client()
    client.ready()
    samples = [rested(kernel, 0)]
    end = time.monotonic() + seconds
    cells = number = 0
    while cells < total and time.monotonic() < end:
        number += 1
        cells += rng.choices(functions, weights)[0](client, rng, number)
        if cells < samples[-1].cells + STEP:
            continue
        client.drain(0.01)
        samples.append(rested(kernel, cells, samples[0].files))
        # The client leaves without a word, and another one comes.
        client.close()
        kernel.clients.remove(client)
        client = kernel.client()
        client.ready()
    return samples + [rested(kernel, cells, samples[0].files)]


def window(samples, part):
    last = samples[-1].cells
    return [s for s in samples if part[0] * last <= s.cells <= part[1] * last]


def report(samples):
    """Prints the table; whether all is flat."""
    early, late = window(samples, EARLY), window(samples, LATE)
    thousands = (middle(late, "cells") - middle(early, "cells")) / 1000
    print(f"\n| {samples[-1].cells:,} cells | early | late | growth | limit | |")
    print("|---|---|---|---|---|---|")
    flat = True
    for field, name in Sample.FIELDS.items():
        before, after = middle(early, field), middle(late, field)
        if field in ("resident", "heap"):
            growth, limit, unit = (after - before) / thousands, LIMIT, "MB"
            row = f"{name} | {before:.2f} MB | {after:.2f} MB | {growth:+.4f} MB per 1,000"
        else:
            growth, limit, unit = after - before, 0, ""
            row = f"{name} | {before:.0f} | {after:.0f} | {growth:+.0f}"
        good = growth <= limit
        flat = flat and good
        print(f"| {row} | {limit} {unit} | {'flat' if good else 'GROWS'} |")
    return flat


def middle(samples, field):
    return statistics.median(getattr(s, field) for s in samples)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    kernel = peers.Kernel()
    try:
        samples = soak(kernel, arguments.cells, arguments.seconds, random.Random(arguments.seed))
        reached = samples[-1].cells
        print(f"{reached:,} cells in {time.monotonic() - started:.0f} s")
        for sample in samples[:: max(1, len(samples) // 20)]:
            print(
                f"  {sample.cells:>7,} cells  {sample.resident:6.2f} MB  "
                f"{sample.threads} threads  {sample.files} files"
            )
        flat = report(samples)
        if reached + STEP < arguments.cells:
            print(f"only {reached:,} of {arguments.cells:,} cells were run in time")
            flat = False
    finally:
        kernel.close()
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
