"""``python benchmarks`` measures everything and draws the plots; ``python benchmarks start`` a part."""

from __future__ import annotations

import argparse

import batches
import book_times
import figures
import origins
import quick
import start
import training_step
import whole_image

BENCHMARKS = {
    "training_step": training_step.main,
    "batches": batches.main,
    "origins": origins.main,
    "whole_image": whole_image.main,
    "start": start.main,
    "book_times": book_times.main,
    "quick": quick.main,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=BENCHMARKS, help="all by default")
    for name in parser.parse_args().names or BENCHMARKS:
        print(f"— {name}", flush=True)
        BENCHMARKS[name]([])
    figures.main()


if __name__ == "__main__":
    main()
