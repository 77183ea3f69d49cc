"""``python -m sicgan_lite`` is the same program as ``sicgan-lite``."""

import sys

from sicgan_lite.cli import main

if __name__ == "__main__":
    sys.exit(main())
