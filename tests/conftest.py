"""Share fixtures: a real Label Studio, started once a test run where its environment is at hand; a stand-in Hub."""

from __future__ import annotations

import os
import re
import shutil
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from support.projects import make_project
from support.shared import Shared
from support.studio import StudioServer, User, free_port, sign_up
from vinese.core.project import Project, packaged
from vinese.release.build import build
from vinese.score.options import options
from vinese.studio.environment import SERVER_VERSION, VARIABLE, installed_version
from vinese.studio.folder import StudioFolder
from vinese.systems.corpus import Corpus, read_corpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.fake_studio import FakeStudio
    from support.hub import Client, Place
    from support.hub_server import HubDouble, Repo
    from support.road import Road

# No test fails by time: a busy machine is no fault. What is drawn is the same in every run, so that a change is not
# blamed for what it did not do; `--hypothesis-profile=search`, as in .ci/run, draws anew and says how to repeat it.
settings.register_profile(
    "repeat",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    derandomize=True,
)
settings.register_profile("search", settings.get_profile("repeat"), derandomize=False, print_blob=True)
settings.load_profile("repeat")

NO_SERVER = f"no Label Studio environment; run `vinese studio up` once or set {VARIABLE}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="Fail where a test is skipped, as CI does.")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Run named files in this process, where prints and debuggers work, and a folder of them on all cores."""
    return 0 if all(Path(arg.partition("::")[0]).is_file() for arg in config.args) else None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose optional dependencies are not installed."""
    for mark in item.iter_markers("extra"):
        for name in mark.args:
            pytest.importorskip(name, reason=f"{name} is missing; see the extras in pyproject.toml")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that was to skip nothing and did; the summary names what was skipped and why."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("no_skips") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose one layer marks a few names, events and stances by rule, whatever vinese's own gold is."""
    return make_project(tmp_path_factory.mktemp("project") / "project")


@pytest.fixture(scope="module")
def gold(project: Project) -> Corpus:
    """That layer, as systems are tested on it."""
    return read_corpus(None, options(project))


@pytest.fixture(scope="session")
def studio_environment() -> Path:
    named = os.environ.get(VARIABLE)
    candidates = [Path(named)] if named else [StudioFolder.at().environment]
    for environment in candidates:
        if installed_version(environment) == SERVER_VERSION:
            return environment
    pytest.skip(NO_SERVER)


@pytest.fixture(scope="session")
def studio_server(studio_environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    pytest.importorskip("label_studio_sdk", reason='label-studio-sdk is missing; pip install "vinese[studio]"')
    from vinese.studio.folder import read_secrets
    from vinese.studio.server import down, up

    folder = StudioFolder(tmp_path_factory.mktemp("studio"))
    running = up(folder, port=free_port(), server_env=studio_environment)
    try:
        secrets = read_secrets(folder)
        admin = User(1, secrets.username, secrets.password, secrets.token)
        people = tuple(sign_up(running.url, admin, f"annotator{number}@example.org") for number in (1, 2))
        yield StudioServer(folder, studio_environment, running.url, running.port, admin, people)
    finally:
        down(folder)


@pytest.fixture(scope="session")
def chromium():
    """Return Debian's Chromium, driven by Playwright; it downloads no browser of its own."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason='playwright is missing; pip install "vinese[browser]"'
    )
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium; apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def annotator(chromium, studio_server: StudioServer):
    """Return a page on which the first annotator is logged in."""
    from support.browser import Annotator

    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)
    person = Annotator(context.new_page(), studio_server.url)
    person.log_in(studio_server.annotators[0])
    yield person
    context.close()


@pytest.fixture
def corpus(tmp_path: Path) -> Project:
    """Return a project of its own with the five articles, free to be changed."""
    root = tmp_path / "corpus"
    shutil.copytree(packaged("annotations", "articles"), root / "annotations" / "articles")
    return Project(root)


@pytest.fixture
def layer(request: pytest.FixtureRequest) -> str:
    """Return a layer name that no other test has."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:36].strip("-")


@pytest.fixture
def road(studio_server: StudioServer, tmp_path: Path, layer: str) -> Road:
    """Return the road of one small article to an annotator and back."""
    from support.road import Road, small_project

    return Road(studio_server, small_project(tmp_path), layer)


@pytest.fixture
def folder(tmp_path: Path) -> StudioFolder:
    """Return a studio folder that does not exist yet."""
    return StudioFolder(tmp_path / "studio")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch):
    """Return a fake Label Studio that runs, its token in the environment."""
    from support.fake_studio import TOKEN, fake_studio

    monkeypatch.setenv("VINESE_STUDIO_TOKEN", TOKEN)
    with fake_studio() as studio:
        yield studio


@pytest.fixture
def pulled(fake: FakeStudio, corpus: Project, folder: StudioFolder) -> FakeStudio:
    """A fake from which the work of two people was pulled: both on the first article, one on the second."""
    from support.fake_studio import annotate, fetch, send

    send(fake, corpus, folder)
    annotate(fake, 0)
    annotate(fake, 0, completed_by=2)
    annotate(fake, 1)
    fetch(fake, corpus, folder)
    return fake


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Shared:
    """What is made once a run; tests change copies of it only."""
    return Shared(tmp_path_factory)


@pytest.fixture(scope="session")
def own_build(shared: Shared) -> Path:
    """The dataset of vinese's own corpus."""
    return shared.folder("own", lambda folder: build(Project(), folder / "vinese")) / "vinese"


@pytest.fixture(scope="session")
def sample(shared: Shared) -> tuple[Project, Path]:
    """A small project with one layer, and its build."""
    folder = shared.folder("sample", lambda folder: build(make_project(folder / "project"), folder / "built"))
    return Project(folder / "project"), folder / "built"


@pytest.fixture(scope="session")
def released(shared: Shared) -> tuple[Project, Path]:
    """A project and its build, recorded and rendered."""
    from support.hub import release

    folder = shared.folder("release", release)
    return Project(folder / "project"), folder / "built"


@pytest.fixture(scope="session")
def hub() -> Iterator[HubDouble]:
    """A stand-in for the Hub."""
    from support.hub_server import HubDouble

    with HubDouble() as found:
        yield found


@pytest.fixture(scope="session")
def hub_client(hub: HubDouble, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A process that runs vinese commands against the stand-in."""
    from support.hub import Client

    found = Client(hub.url, tmp_path_factory.mktemp("home"))
    yield found
    found.close()


FIRST = "org/first-release"  # a release says where it is, so that its copies have its name


@pytest.fixture
def place(
    hub: HubDouble, hub_client: Client, released: tuple[Project, Path], shared: Shared, request: pytest.FixtureRequest
) -> Place:
    """A repository of the test's own, not made yet; the stand-in is as if new."""
    from support.hub import Place, named

    hub.faults.clear()
    hub.before_commit = None
    hub.before.clear()
    hub.stored.clear()
    name = FIRST if "published" in request.fixturenames else named(request.node.name)
    hub.repos.pop(name, None)
    return Place(hub, hub_client, name, *released, shared)


@pytest.fixture(scope="session")
def first_release(hub: HubDouble, hub_client: Client, released: tuple[Project, Path]) -> Repo:
    """A repository to which the release was published as 0.1.0."""
    from support.hub import Place

    place = Place(hub, hub_client, FIRST, *released)
    assert place.publish("0.1.0", "--push").code == 0
    return hub.repos.pop(place.name)


@pytest.fixture
def published(first_release: Repo, place: Place) -> Place:
    """The same, published as 0.1.0."""
    place.hub.repos[place.name] = deepcopy(first_release)
    place.hub.log.clear()
    return place
