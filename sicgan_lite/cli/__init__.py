"""The command line: what every command has in common is here; a command is a module beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from sicgan_lite.cli.parser import parse
from sicgan_lite.cli.stops import stops_raised
from sicgan_lite.cli.talk import close_streams, prepare_streams, said_of, warn


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    The exit status is 0; 1 for a run that diverged, an album with gaps, or a machine without
    enough memory; 2 for bad input; 130 after Ctrl-C where nothing was left to save.
    """
    prepare_streams()
    try:
        args = parse(sys.argv[1:] if arguments is None else arguments)
        with stops_raised():
            args.run(args)
    except KeyboardInterrupt:
        warn("stopped")
        return 130
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, whatever it was
        return _complain(error)
    finally:
        close_streams()
    return 0


def _complain(error: Exception) -> int:
    """One line for each error that can reach a user, and its exit status."""
    from sicgan_lite.studies.jobs import JobsError

    if isinstance(error, MemoryError) or "out of memory" in str(error) or "can't allocate" in str(error):
        warn(f"there is not enough memory for this ({type(error).__name__}); try --set width=240")
        return 1
    if isinstance(error, RecursionError):
        warn("what the file holds is nested too deeply to be shown")
        return 2
    if isinstance(error, ValueError | OSError):
        warn(said_of(error))
        return 2
    if isinstance(error, ArithmeticError | JobsError | RuntimeError):
        warn(said_of(error))
        return 1
    raise error  # a fault of ours: its traceback is what a report needs
