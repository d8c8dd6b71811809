"""The command line is documented, never ends in a traceback, and says 0, 1 or 2."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import vinese
from vinese import cli
from vinese.core.errors import MissingExtraError, UsageError

ROOT = Path(__file__).resolve().parents[1]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """Return every command below `group` with the words that call it."""
    found = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        here = (*path, name)
        found += commands(command, here) if isinstance(command, click.Group) else [(here, command)]
    return found


COMMANDS = commands(cli.cli)


@pytest.mark.parametrize(("words", "command"), COMMANDS, ids=str)
def test_every_command_explains_itself_with_an_example(words: tuple[str, ...], command: click.Command) -> None:
    shown = command.get_help(click.Context(command, info_name=f"vinese {' '.join(words)}"))
    usage, _, rest = shown.partition("\n")
    assert usage.startswith("Usage: vinese")
    assert command.help, words
    assert f"vinese {' '.join(words)}" in rest, f"the help of {words} has no example of a call"
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{words} {parameter.name} has no help"


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS], ids=" ".join)
def test_every_command_is_in_the_readme(words: tuple[str, ...]) -> None:
    assert f"vinese {' '.join(words)}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_verb_in_the_readme_exists() -> None:
    verbs = set(re.findall(r"vinese ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert verbs & set(cli.VERBS) == set(cli.VERBS)
    said = {verb for verb in verbs if f"`vinese {verb}" in (ROOT / "README.md").read_text(encoding="utf-8")}
    assert said <= set(cli.VERBS)


def test_an_unknown_verb_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["frobnicate"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UsageError("The words do not fit.", "Use others."), "The words do not fit."),
        (MissingExtraError("This", "studio"), 'pip install "vinese[studio]"'),
        (RuntimeError("inside"), "this should not have happened: RuntimeError: inside"),
        (KeyboardInterrupt(), "interrupted"),
        (MemoryError(), "There is not enough memory."),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "There is not enough memory."),
        (PermissionError(errno.EACCES, "Permission denied", "a/b"), "Cannot use a/b: permission denied."),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "The folder that vinese is run in"),
        (ImportError("x.so: bad"), "A package that vinese needs cannot be loaded: x.so: bad."),
    ],
)
def test_whatever_goes_wrong_is_one_message_and_an_exit_code(
    error: BaseException, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error

    monkeypatch.setattr(cli.cli, "invoke", fail)
    assert cli.run(["ingest"]) == (130 if isinstance(error, KeyboardInterrupt) else 2)
    captured = capsys.readouterr().err
    assert said in captured
    assert "Traceback" not in captured


def vinese_with(stdout: object, *arguments: str, stderr: object = subprocess.PIPE) -> subprocess.Popen[bytes]:
    """Start the command with a standard output of its own."""
    return subprocess.Popen([sys.executable, "-m", "vinese", *arguments], stdout=stdout, stderr=stderr)  # type: ignore[call-overload,no-any-return]


EXPORT = str(ROOT / "annotations" / "exports" / "gold.json")


@pytest.mark.parametrize(
    "arguments",
    [("validate", EXPORT), ("validate", "--json", EXPORT), ("convert", EXPORT), ("--help",), ("agree", "--help")],
    ids=str,
)
def test_a_reader_who_goes_away_ends_the_command_quietly(arguments: tuple[str, ...]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe, vinese_with(pipe, *arguments) as running:
        _, told = running.communicate()
    assert running.returncode == cli.PIPE_CLOSED
    assert told == b"" or told.startswith(b"wrote"), told


def test_a_reader_of_the_report_who_goes_away_ends_the_command_and_leaves_no_file(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    out = tmp_path / "out.jsonl"
    with (
        os.fdopen(writer, "wb") as pipe,
        vinese_with(pipe, "convert", __file__, "--out", str(out), stderr=pipe) as run,
    ):
        run.communicate()
    assert run.returncode == cli.PIPE_CLOSED
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize(
    "arguments", [("validate", EXPORT), ("validate", "--json", EXPORT), ("convert", EXPORT)], ids=str
)
def test_a_full_disk_behind_standard_output_is_named(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full, vinese_with(full, *arguments) as running:
        _, told = running.communicate()
    assert (running.returncode, told) == (2, b"vinese: Cannot write the output: the disk is full.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_without_a_place_for_messages_the_exit_code_stays() -> None:
    with Path("/dev/full").open("wb") as full, vinese_with(full, "validate", "none.json", stderr=full) as running:
        running.communicate()
    assert running.returncode == 2


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
@pytest.mark.parametrize("piped", [True, False])
def test_a_file_may_come_by_standard_input(name: str, piped: bool, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "vinese", *arguments]
        if piped:
            return subprocess.run(command, input=Path(EXPORT).read_bytes(), capture_output=True, check=False)
        with Path(EXPORT).open("rb") as file:
            return subprocess.run(command, stdin=file, capture_output=True, check=False)

    done = run("validate", name)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == f"{name}: 5 tasks, 5 documents, 0 errors, 0 warnings\n".encode()
    done = run("convert", name, "--layer", "gold", "--out", str(tmp_path / "out.jsonl"))
    assert (done.returncode, done.stderr) == (0, f"wrote 5 documents to {tmp_path}/out.jsonl\n".encode())
    assert run("convert", EXPORT).stdout == (tmp_path / "out.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_what_comes_by_standard_input_is_never_the_output(name: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.json"
    path.write_bytes(Path(EXPORT).read_bytes())
    with path.open("rb") as file:
        command = [sys.executable, "-m", "vinese", "convert", name, "--out", str(path)]
        done = subprocess.run(command, stdin=file, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is what is to be read" in done.stderr
    assert path.read_bytes() == Path(EXPORT).read_bytes()


def test_no_standard_input_is_named() -> None:
    code = "import os, sys; os.close(0); from vinese import cli; sys.exit(cli.run(['validate', '-']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "vinese: Cannot read standard input: Bad file descriptor.\n")


def test_a_closed_standard_output_is_named() -> None:
    code = "import sys; sys.stdout = None; from vinese import cli; sys.exit(cli.run(['convert', sys.argv[1]]))"
    done = subprocess.run([sys.executable, "-c", code, EXPORT], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "vinese: Cannot write standard output: it is closed.\n  Name a file with --out.\n",
    )


@pytest.mark.skipif(os.name != "posix", reason="there is no shell here that closes them")
@pytest.mark.parametrize(
    "words",
    [
        ("agree", "annotator-1", "annotator-2"),
        pytest.param(("update", "splits"), marks=pytest.mark.extra("datasketch")),
        ("show", "000-fbdd747fbc1d4b56"),
    ],
    ids=str,
)
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_no_verb_needs_a_stream_that_the_caller_closed(words: tuple[str, ...], closed: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "annotations", tmp_path / "annotations", ignore=shutil.ignore_patterns("screens"))
    command = shlex.join([sys.executable, "-m", "vinese", *words, "--project", str(tmp_path)])
    done = subprocess.run(f"{command} {closed}", shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="there is no shell here that closes them")
def test_no_file_gets_the_number_of_a_stream_that_the_caller_closed() -> None:
    code = "import os; from vinese import cli; cli.run(['--version']); os._exit(os.open(os.devnull, 0))"
    command = shlex.join([sys.executable, "-c", code])
    assert subprocess.run(f"{command} <&- >&- 2>&-", shell=True, check=False).returncode > 2


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"vinese {vinese.__version__}\n"


def test_the_module_runs_as_the_command_does() -> None:
    done = subprocess.run([sys.executable, "-m", "vinese", "--help"], capture_output=True, text=True, check=True)
    for verb in cli.VERBS:
        assert re.search(rf"^  {verb}\b", done.stdout, re.MULTILINE)


def test_ctrl_c_while_the_command_is_loaded_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run([sys.executable, "-m", "vinese"], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_importing_vinese_and_asking_for_help_import_nothing_heavy() -> None:
    code = (
        "import sys, vinese.cli; vinese.cli.run(['--help']);"
        "heavy = {'datasets', 'pyarrow', 'pandas', 'numpy', 'label_studio_sdk', 'rich', 'jsonschema',"
        " 'jsonschema_rs', 'huggingface_hub', 'jinja2'} & set(sys.modules);"
        "sys.exit(f'imported: {sorted(heavy)}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", vinese.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(vinese, name)
    assert name in dir(vinese)
    if name != "__version__":
        assert value.__doc__


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = vinese.nonsense


CALLS: dict[tuple[str, ...], list[str]] = {
    ("ingest",): ["{here}/page.txt", "--project", "{here}"],
    ("studio", "up"): ["--url", "http://127.0.0.1:9"],
    ("studio", "down"): ["--data-dir", "{here}/studio"],
    ("studio", "status"): ["--data-dir", "{here}/studio"],
    ("studio", "password"): ["--data-dir", "{here}/studio"],
    ("studio", "invite"): ["--data-dir", "{here}/studio"],
    ("studio", "push"): ["--layer", "a", "--data-dir", "{here}/studio", "--project", "{here}"],
    ("studio", "assign"): ["a", "b", "--data-dir", "{here}/studio", "--project", "{here}"],
    ("studio", "progress"): ["--data-dir", "{here}/studio"],
    ("studio", "pull"): ["--layer", "a", "--data-dir", "{here}/studio", "--project", "{here}"],
    ("studio", "adjudicate"): ["a", "b", "--into", "c", "--data-dir", "{here}/studio", "--project", "{here}"],
    ("validate",): [EXPORT],
    ("convert",): [EXPORT, "--out", "{here}/documents.jsonl"],
    ("show",): ["004"],
    ("browse",): ["--out", "{here}/site"],
    ("agree",): ["--resamples", "0"],
    ("init",): ["{here}/made", "--from", EXPORT],
    ("prompts",): ["--task", "entities", "--out", "{here}/batch.jsonl", "--project", str(ROOT)],
    ("predict",): ["--task", "entities", "--replies", "{here}/none.jsonl", "--out", "{here}/predictions.jsonl"],
    ("tasks-path",): [],
    ("score",): [EXPORT, EXPORT],
    ("baseline",): ["gazetteer", "--out", "{here}/predictions.jsonl"],
    ("leaderboard",): ["--task", "entities"],
    ("schema",): [],
    ("check",): ["schema", "tables"],
    ("update",): ["tables", "--project", "{here}"],
    ("build",): ["--out", "{here}/built"],
    ("publish",): ["org/name", "--version", "0.1.0", "--build", "{here}/none"],
    ("standoff",): ["{here}"],
    ("rehydrate",): ["{here}", "--articles", "{here}"],
}
ENVELOPE = ["vinese", "verb", "issues", "result", "ok"]


def envelope(printed: str, verb: tuple[str, ...], code: int) -> dict[str, Any]:
    """Return the one object that `--json` prints, and see that it has the form that all have."""
    value: dict[str, Any] = json.loads(printed)
    assert list(value) == (ENVELOPE if code < 2 else [*ENVELOPE, "error"])
    assert (value["vinese"], value["verb"]) == (vinese.__version__, " ".join(verb))
    fields = {"code", "level", "message", "todo", "file", "article_id", "pointer", "where", "link"}
    assert all(set(issue) == fields for issue in value["issues"])
    assert value["ok"] is (code == 0)
    return value


def test_every_command_has_a_call_to_try() -> None:
    assert set(CALLS) == {words for words, _ in COMMANDS}


@pytest.mark.parametrize("verb", CALLS, ids=" ".join)
def test_every_verb_prints_the_same_envelope(
    verb: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("VINESE_STUDIO_TOKEN", raising=False)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "page.txt").write_text("Một trang.\n", encoding="utf-8")
    words = [word.format(here=tmp_path) for word in CALLS[verb]]
    code = cli.run([*verb, *words, "--json"])
    printed = capfd.readouterr()
    value = envelope(printed.out, verb, code)
    if code == 2:
        assert value["error"]["message"] in printed.err
        assert value["result"] is None


@pytest.mark.parametrize("verb", CALLS, ids=" ".join)
def test_wrong_use_of_every_verb_is_told_in_the_envelope_too(
    verb: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*verb, "--json", "--frobnicate"]) == 2
    value = envelope(capfd.readouterr().out, verb, 2)
    assert "--frobnicate" in value["error"]["message"]
    assert (value["issues"], value["result"]) == ([], None)


def test_help_is_help_with_json_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["validate", "--json", "--help"]) == 0
    assert capsys.readouterr().out.startswith("Usage: ")


def test_issues_for_people_say_what_to_do_once_a_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "annotations" / "articles").mkdir(parents=True)
    for name in "ab":
        (tmp_path / "annotations" / "articles" / f"{name}.json").write_text("{}", encoding="utf-8")
    assert cli.run(["check", "articles", "--project", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert (told.count("error article-schema"), told.count("  -> ")) == (2, 1)
