"""Programs of the developers, started by ``make`` or by ``python -m tools.NAME``."""
