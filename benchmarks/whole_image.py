"""Colouring whole pictures: seconds and memory for each megapixel, at 1, 12, 24 and 100 megapixels.

python benchmarks/whole_image.py [MEGAPIXELS ...]

Each size runs in a fresh process, on one thread, with a generator of the `quick` widths and random
weights: what it paints does not change what it costs. Memory is the most that the process ever held
(VmHWM or getrusage) less what it held once the picture was in it. Seconds per megapixel are set
beside those of the smallest size: a cost that does not grow with the picture gives 1.
"""

import json
import math
import subprocess
import sys

MEASURE = """
import json, resource, sys, time
from pathlib import Path
import numpy as np
import torch
from sicgan_lite import Config, Generator, colorize

def peak():
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

height, width = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
config = Config.quick()
generator = Generator(config.generator_widths, config.size)
block = np.random.default_rng(0).integers(0, 256, (250, 250, 3), np.uint8)
colorize(generator, block)
image = np.tile(block, (-(-height // 250), -(-width // 250), 1))[:height, :width].copy()
before, started = peak(), time.process_time()
colorize(generator, image)
print(json.dumps({"seconds": time.process_time() - started, "bytes": peak() - before}))
"""


def measure(megapixels: float) -> dict[str, float]:
    width = round(math.sqrt(megapixels * 1e6 * 1.5))
    size = [str(round(megapixels * 1e6 / width)), str(width)]
    result = subprocess.run(
        [sys.executable, "-c", MEASURE, *size], capture_output=True, text=True, check=True
    )
    return json.loads(result.stdout)


def main() -> None:
    sizes = [float(size) for size in sys.argv[1:]] or [1.0, 12.0, 24.0, 100.0]
    first = None
    print("megapixels  CPU s per megapixel  against the first  memory above the image, MB")
    for megapixels in sizes:
        result = measure(megapixels)
        rate = result["seconds"] / megapixels
        first = first or rate
        print(f"{megapixels:10.0f}  {rate:19.2f}  {rate / first:17.2f}  {result['bytes'] / 1e6:26.0f}")


if __name__ == "__main__":
    main()
