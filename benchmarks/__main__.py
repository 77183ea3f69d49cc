"""``python -m benchmarks`` measures everything and draws the plots; ``python -m benchmarks start`` a part."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks import (
    album,
    batches,
    big_pictures,
    book_times,
    figures,
    good_picture,
    origins,
    quick,
    start,
    switches,
    training_step,
    whole_image,
)

BENCHMARKS = {
    "training_step": training_step.main,
    "batches": batches.main,
    "origins": origins.main,
    "whole_image": whole_image.main,
    "start": start.main,
    "book_times": book_times.main,
    "quick": quick.main,
    "good_picture": good_picture.main,
    "switches": switches.main,
    "big_pictures": big_pictures.main,
    "album": album.main,
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all by default"
    )
    names = parser.parse_args(arguments).names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:  # argparse's choices would refuse an empty list too
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    for name in names:
        print(f"— {name}", flush=True)
        BENCHMARKS[name]([])
    figures.main()


if __name__ == "__main__":
    main()
