"""The command `divewatch`: the fast lane for what scripts ask most, else the command line."""

import sys


def main() -> None:
    """Run and exit."""
    from tui.cli.fast_path import run_fast

    arguments = sys.argv[1:]
    try:
        code = run_fast(arguments)
        if code is None:
            from tui.cli.main import run

            code = run(arguments)
    except KeyboardInterrupt:  # while modules were being imported; later ones are told apart by what was under way
        code = 130
    except Exception as error:  # noqa: BLE001 - the fast lane has no boundary of its own: a report without keys, exit code 1
        from tui.cli.main import crashed

        code = crashed(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
