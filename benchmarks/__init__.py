"""Measurements side by side: ``python -m benchmarks`` does all, ``python -m benchmarks.NAME`` one."""
