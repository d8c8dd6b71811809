"""Search with atheris for input that ends in anything but an issue or a named error.

    pip install atheris
    PYTHONPATH=tests python tests/fuzz.py KIND [-max_total_time=600 and other words of libFuzzer]

KIND is one of `support.fuzzing.targets()`; without one they are listed. What is found goes to a file `crash-...` and
becomes a test in `test_fuzz.py`, which looks for a minute without atheris.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["vinese"]):
        from support import one_article
        from support.fuzzing import targets

    kinds = targets()
    if len(sys.argv) < 2 or sys.argv[1] not in kinds:
        sys.exit("\n".join(kinds))
    target = kinds[sys.argv[1]]
    work = Path(tempfile.mkdtemp())
    project = one_article.make_project(work / "project")
    corpus = work / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(target.seeds):
        (corpus / str(number)).write_bytes(seed)
    atheris.Setup(
        [sys.argv[0], *sys.argv[2:], str(corpus)], lambda content: target.run(content, work / "input", project)
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
