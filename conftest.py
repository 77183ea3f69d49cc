"""Makes `pytest --nbval book/` pass with no further flags, from any folder, and records what it found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent


def pytest_configure(config: pytest.Config) -> None:
    """Compare what is meant, not addresses: nbval would look for the file in the current folder."""
    option = config.option
    nbval = getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)
    if nbval and not option.nbval_sanitize_with:
        option.nbval_sanitize_with = str(ROOT / "tests" / "nbval_sanitize.cfg")
        option.nbval_current_env = True
    # Under xdist one process hears all reports. A copy for mutants has no tools, and needs no record.
    if not hasattr(config, "workerinput") and (ROOT / "tools" / "status.py").is_file():
        config.pluginmanager.register(_Recorder(config, nbval), "test-record")


class _Recorder:
    """Hears every report, and writes the record of a run of all chapters or of all tests."""

    def __init__(self, config: pytest.Config, nbval: bool) -> None:
        from tools.status import Tally

        self.config, self.nbval, self.tally, self.started = config, nbval, Tally(), time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.tally.add(report.nodeid, report.when or "", report.outcome, report.duration)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        finished = exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
        chosen = self.config.option.keyword or self.config.option.markexpr or self.config.option.collectonly
        if finished and not chosen:
            self._remember()

    def _remember(self) -> None:
        from tools.status import remember

        if self.nbval:
            each = self.tally.chapters()
            if set(each) == {path.stem for path in (ROOT / "book").glob("[0-9][0-9]-*.ipynb")}:
                from sicgan_lite.devices import describe_machine

                seconds = time.monotonic() - self.started
                remember("chapters", {"seconds": seconds, "each": each} | describe_machine())
        elif self.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
            remember("library", self.tally.total())
