"""The command `divewatch`: the fast path for what scripts ask most, else the command line."""

import gc
import sys

TYPE_CHECKING = False  # as typing.TYPE_CHECKING, without the import
if TYPE_CHECKING:
    import signal
else:
    import _signal as signal  # the same functions without the enums of `signal`, which take as long as all of `--help`

signal.signal(signal.SIGINT, signal.SIG_DFL)  # until somebody can answer it: a traceback tells nobody anything


def main() -> None:
    """Run and exit."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = _finished(_run(sys.argv[1:]))
    except KeyboardInterrupt:  # while modules were being imported; later ones are told apart by what was under way
        code = 130
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the end of Python prints tracebacks, too
    gc.freeze()  # nor does it look through everything for cycles, twice: a tenth of the time that `list` takes
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    from tui.cli.streams import make_usable

    make_usable()
    try:
        from tui.cli.fast_path import run_fast

        code = run_fast(arguments)
        if code is None:
            from tui.cli.main import run

            code = run(arguments)
    except Exception as error:  # noqa: BLE001 - the fast path has no boundary of its own: a report without keys, exit code 1
        from tui.cli.main import crashed

        return crashed(error)
    return code


def _finished(code: int) -> int:
    """Return the exit code after everything was written; what could not be is said, and no success."""
    from tui.cli.streams import output_failure

    reason = output_failure()
    if reason:
        from tui.cli.output import output_failed

        return output_failed(reason)
    return code


if __name__ == "__main__":
    main()
