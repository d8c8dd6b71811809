"""Run the command line, as `vinese` or with `python -m vinese`."""

import sys


def main() -> None:
    """Run the command line, and end the process with its exit code; Ctrl-C while it is loaded ends it quietly."""
    try:
        from vinese import cli  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
