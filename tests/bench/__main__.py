"""Run the bench: `python tests/bench --help`."""

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    if sys.argv[1:2] == ["--child"]:
        from bench.measure import child

        child(sys.argv[2])
    else:
        from bench.table import main

        main()
