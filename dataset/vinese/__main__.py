"""Run the command line with `python -m vinese`."""

from vinese.cli import main

if __name__ == "__main__":
    main()
