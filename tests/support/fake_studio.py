"""Play a Label Studio on loopback that can lose answers, cut them, or refuse: what a real one does only by chance."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from vinese.studio.pull import Pulled, pull
from vinese.studio.push import Pushed, push

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vinese.core.issues import Issue
    from vinese.core.project import Project
    from vinese.studio.folder import StudioFolder

TOKEN = "f" * 40


class FakeStudio:
    """Hold one project's state; `trouble` maps a route's name to what goes wrong there, once.

    `pending` is how often a new snapshot is listed before it is complete, `slow` how many seconds a route takes,
    `asked` how often each was asked.
    """

    def __init__(self) -> None:
        self.version = "1.23.2"
        self.project: dict[str, Any] | None = None
        self.tasks: list[dict[str, Any]] = []
        self.others: list[dict[str, Any]] = []
        self.trouble: dict[str, str] = {}
        self.snapshots: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self.pending = 0
        self.slow: dict[str, float] = {}
        self.asked: Counter[str] = Counter()
        self.url = ""

    def version_info(self, _body: Any, _query: Any) -> Any:
        return {"release": self.version, "edition": "Community"}

    def whoami(self, _body: Any, _query: Any) -> Any:
        return {"id": 1, "email": "annotator@example.org"}

    def users(self, _body: Any, _query: Any) -> Any:
        return [{"id": 1, "email": "annotator@example.org"}]

    def invite(self, _body: Any, _query: Any) -> Any:
        return {"invite_url": "/user/signup/?token=abc"}

    def list_projects(self, _body: Any, query: dict[str, list[str]]) -> Any:
        if query.get("page", ["1"]) != ["1"]:
            return None
        found = [self.get_project(None, None)] if self.project else []
        found += self.others
        return {"count": len(found), "next": None, "previous": None, "results": found}

    def make_project(self, body: Any, _query: Any) -> Any:
        """Make the project; with the trouble `make_project-double` somebody else made the same a moment before."""
        if self.trouble.pop("make_project-double", None):
            self.project = {**body, "id": 1}
            self.others = [{**body, "id": 2, "task_number": 0}]
            return self.others[0]
        self.project = {**body, "id": 1}
        return self.get_project(None, None)

    def get_other(self, _body: Any, _query: Any) -> Any:
        return self.others[0]

    def delete_other(self, _body: Any, _query: Any) -> Any:
        return self.others.pop()

    def get_project(self, _body: Any, _query: Any) -> Any:
        assert self.project is not None
        worked = sum(bool(task["annotations"]) for task in self.tasks)
        return {**self.project, "task_number": len(self.tasks), "num_tasks_with_annotations": worked}

    def update_project(self, body: Any, _query: Any) -> Any:
        assert self.project is not None
        self.project |= body
        return self.get_project(None, None)

    def summary(self, _body: Any, _query: Any) -> Any:
        """Count the labels in use, by control."""
        counts: dict[str, Counter[str]] = {}
        for task in self.tasks:
            for region in (one for made in task["annotations"] for one in made["result"]):
                labels = (region.get("value") or {}).get("labels") or ()
                counts.setdefault(region.get("from_name", ""), Counter()).update(labels)
        return {"created_labels": counts}

    def list_tasks(self, _body: Any, query: dict[str, list[str]]) -> Any:
        page, size = int(query.get("page", ["1"])[0]), int(query["page_size"][0])
        fields = query.get("include", [""])[0].split(",")
        some = [_only(_listed(task), fields) for task in self.tasks[(page - 1) * size : page * size]]
        if page > 1 and not some:
            return None
        return {"tasks": some, "total": len(self.tasks), "total_annotations": 0, "total_predictions": 0}

    def set_field(self, body: Any, query: dict[str, list[str]]) -> Any:
        """Set a field of the data of some tasks, or of all if none are named, as Label Studio does."""
        assert query["id"] == ["add_data_field"]
        assert body["value_type"] == "String"
        for task in self.tasks:
            if task["id"] in (body["selectedItems"]["included"] or [task["id"]]):
                task["data"] = task["data"] | {body["value_name"]: body["value"]}
        return {"response_code": 200}

    def list_views(self, _body: Any, _query: Any) -> Any:
        return self.views

    def make_view(self, body: Any, _query: Any) -> Any:
        self.views.append({"id": len(self.views) + 1, **body})
        return self.views[-1]

    def update_view(self, body: Any, _query: Any, number: str) -> Any:
        self.views[int(number) - 1]["data"] = body["data"]
        return self.views[int(number) - 1]

    def import_tasks(self, body: Any, _query: Any) -> Any:
        taken = body[:-1] if self.trouble.pop("import_tasks-drops", None) else body
        for task in taken:
            number = max((known["id"] for known in self.tasks), default=0) + 1
            self.tasks.append({"id": number, "annotations": [], "drafts": [], "predictions": [], **task})
        return {"task_count": len(taken)}

    def import_predictions(self, body: Any, _query: Any) -> Any:
        for one in body:
            task = next(task for task in self.tasks if task["id"] == one["task"])
            task["predictions"].append({"id": len(task["predictions"]) + 1, **one})
        return {"created": len(body)}

    def make_snapshot(self, body: Any, _query: Any) -> Any:
        status = "in_progress" if self.pending else "completed"
        self.snapshots.append({"id": 7, "status": status, "title": body["title"]})
        return self.snapshots[-1]

    def download(self, _body: Any, _query: Any) -> Any:
        return self.tasks

    def list_snapshots(self, _body: Any, _query: Any) -> Any:
        self.pending -= bool(self.pending)
        if not self.pending:
            self.snapshots = [{**one, "status": "completed"} for one in self.snapshots]
        return self.snapshots

    def delete_snapshot(self, _body: Any, _query: Any) -> Any:
        self.snapshots.clear()
        return {}


def _only(task: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """Return the fields that are asked for, of what the task holds, too; all if none are."""
    if fields == [""]:
        return task
    nested = {
        key: [{name: one[name] for name in one if name in fields} for one in value]
        for key, value in task.items()
        if isinstance(value, list)
    }
    return {key: nested.get(key, value) for key, value in task.items() if key in fields}


def _listed(task: dict[str, Any]) -> dict[str, Any]:
    """Return a task as lists have it: annotations without their `unique_id`, which only snapshots give."""
    kept = [{key: one[key] for key in one if key != "unique_id"} for one in task["annotations"]]
    return {**task, "annotations": kept}


ROUTES = [
    ("GET", "/api/version/", "version_info"),
    ("GET", "/api/current-user/whoami", "whoami"),
    ("GET", "/api/users/", "users"),
    ("GET", "/api/invite", "invite"),
    ("GET", "/api/projects/", "list_projects"),
    ("POST", "/api/projects/", "make_project"),
    ("GET", "/api/projects/1/", "get_project"),
    ("GET", "/api/projects/1/summary/", "summary"),
    ("GET", "/api/projects/2/", "get_other"),
    ("DELETE", "/api/projects/2/", "delete_other"),
    ("PATCH", "/api/projects/1/", "update_project"),
    ("GET", "/api/tasks/", "list_tasks"),
    ("POST", "/api/dm/actions/", "set_field"),
    ("GET", "/api/dm/views/", "list_views"),
    ("POST", "/api/dm/views/", "make_view"),
    ("PATCH", "/api/dm/views/([0-9]+)/", "update_view"),
    ("POST", "/api/projects/1/import", "import_tasks"),
    ("POST", "/api/projects/1/import/predictions", "import_predictions"),
    ("POST", "/api/projects/1/exports/", "make_snapshot"),
    ("GET", "/api/projects/1/exports/", "list_snapshots"),
    ("GET", "/api/projects/1/exports/7/download", "download"),
    ("DELETE", "/api/projects/1/exports/7", "delete_snapshot"),
]


def _handler(studio: FakeStudio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            parts = urlsplit(self.path)
            route, found = next(
                ((r, match) for m, p, r in ROUTES if m == self.command and (match := _same(p, parts.path))),
                (None, None),
            )
            if self.headers.get("Authorization") != f"Token {TOKEN}" and route != "version_info":
                self.send(401, {"detail": "Invalid token."})
            elif route is None:
                self.send(404, {"detail": f"No {self.path}."})
            else:
                self.perform(route, body, parse_qs(parts.query), *(found.groups() if found else ()))

        def perform(self, route: str, body: Any, query: dict[str, list[str]], *numbers: str) -> None:
            trouble = studio.trouble.pop(route, "")
            if trouble == "never":
                self.close_connection = True
                return
            if trouble.removesuffix("html").isdigit():
                if trouble.startswith(("502", "504")):  # a proxy's: the server goes on
                    getattr(studio, route)(body, query)
                studio.asked[route] += 1
                self.send(int(trouble.removesuffix("html")), {"detail": "trouble"}, html=trouble.endswith("html"))
                return
            if trouble == "quotes":
                self.send(400, {"detail": f"Never heard of {self.headers['Authorization']}"})
                return
            studio.asked[route] += 1
            time.sleep(studio.slow.get(route, 0))
            said = getattr(studio, route)(body, query, *numbers)
            if trouble == "lost":
                self.close_connection = True
                return
            if said is None:
                self.send(404, {"detail": "Invalid page."})
                return
            self.send(200, said, cut=trouble == "cut", html=trouble == "html")

        def send(self, status: int, said: Any, *, cut: bool = False, html: bool = False) -> None:
            content = b"<html>hello</html>" if html else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if html else "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)
            self.close_connection = cut

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _same(pattern: str, path: str) -> re.Match[str] | None:
    return re.fullmatch(pattern.rstrip("/") + "/?", path)


@contextmanager
def fake_studio() -> Iterator[FakeStudio]:
    """Run a fake for the length of the block."""
    studio = FakeStudio()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(studio)) as server:
        studio.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield studio
        finally:
            server.shutdown()
            thread.join()


def send(
    fake: FakeStudio, corpus: Project, folder: StudioFolder, issues: list[Issue] | None = None, **more: Any
) -> Pushed:
    """Push the corpus to the fake as layer `trial`."""
    pushed = push("trial", project=corpus, folder=folder, url=fake.url, **more)
    if issues is not None:
        issues += pushed.issues
    return pushed


def fetch(
    fake: FakeStudio,
    corpus: Project,
    folder: StudioFolder,
    issues: list[Issue] | None = None,
    **more: Any,
) -> Pulled:
    """Pull layer `trial` from the fake."""
    pulled = pull("trial", project=corpus, folder=folder, url=fake.url, **more)
    if issues is not None:
        issues += pulled.issues
    return pulled


def annotate(fake: FakeStudio, number: int, label: str = "GPE", **more: Any) -> dict[str, Any]:
    """Give the task of this number one more annotation with one entity, and return it."""
    region: dict[str, Any] = {"id": "r", "type": "labels", "from_name": "entity", "to_name": "text"}
    text = fake.tasks[number]["data"]["text"]
    region["value"] = {"start": 0, "end": 2, "text": text[:2], "labels": [label]}
    count = sum(len(task["annotations"]) for task in fake.tasks)
    made = {"id": 9 + count, "unique_id": f"u{number}-{count}", "completed_by": 1, "result": [region]}
    made |= {"created_at": f"2026-11-22T03:48:{count:02}.846658Z", "was_cancelled": False, "lead_time": 3.5, **more}
    fake.tasks[number]["annotations"].append(made)
    return made


def codes(issues: list[Issue]) -> list[str]:
    """Return the codes of the issues, in their order."""
    return [found.code for found in issues]
