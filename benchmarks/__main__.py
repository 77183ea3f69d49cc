"""``python benchmarks`` measures everything and draws the page; ``python benchmarks start origins`` some of it."""

from __future__ import annotations

import argparse

import batches
import book_times
import origins
import quick
import speed_page
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
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], default=list(BENCHMARKS))
    for name in parser.parse_args().names:
        print(f"— {name}", flush=True)
        BENCHMARKS[name]([])
    speed_page.main()


if __name__ == "__main__":
    main()
