"""Stand in for the Hub on 127.0.0.1: repositories of data sets in memory, and faults on request.

It answers what the real client asks of the Hub while it publishes and loads, over LFS (`HF_HUB_DISABLE_XET=1`). Its
answers follow the client's source. Large files are served under another host name than the rest (`localhost`), as
the Hub's are: the client takes a redirect within one host for a moved repository.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import urllib.parse
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


Mode = Literal["503-before", "503-after", "drop-before", "drop-after", "400-before"]


def blob_id(content: bytes) -> str:
    """Return what git calls this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def pointer(sha256: str, size: int) -> bytes:
    """Return what git keeps of a large file."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n".encode()


@dataclass
class Commit:
    """One commit: all its files, large or not, and what came before."""

    files: dict[str, bytes]
    title: str
    parent: str | None


@dataclass
class Fault:
    """Fail the next `times` requests that match `pattern`, before or after they are carried out."""

    pattern: str
    mode: Mode
    times: int = 1


@dataclass
class Request:
    """A pull request: its commit, and whether it is open."""

    commit: str
    title: str
    status: str = "open"


@dataclass
class Repo:
    """A repository: commits by id, one branch, tags, pull requests by number."""

    private: bool = False
    commits: dict[str, Commit] = field(default_factory=dict)
    main: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = self.add({".gitattributes": b"*.parquet filter=lfs\n"}, "initial commit", None)

    def add(self, files: dict[str, bytes], title: str, parent: str | None) -> str:
        facts = [
            sorted((path, blob_id(content)) for path, content in files.items()),
            title,
            parent,
            len(self.commits),
        ]
        found = hashlib.sha1(json.dumps(facts).encode(), usedforsecurity=False).hexdigest()
        self.commits[found] = Commit(files, title, parent)
        return found

    def edit(self, path: str, content: bytes) -> None:
        """Commit one file to main, as somebody does in the browser."""
        self.main = self.add({**self.commits[self.main].files, path: content}, "edit", self.main)

    @property
    def files(self) -> dict[str, bytes]:
        """The files on main."""
        return self.commits[self.main].files

    def resolve(self, revision: str) -> str | None:
        requests = {f"refs/pr/{number}": request.commit for number, request in self.requests.items()}
        names = {"main": self.main, "refs/heads/main": self.main, **self.tags, **requests}
        return names.get(revision) or (revision if revision in self.commits else None)

    @property
    def titles(self) -> list[str]:
        """The titles of the commits on main, newest first."""
        found, at = [], self.main
        while at:
            found.append(self.commits[at].title)
            at = self.commits[at].parent or ""
        return found


TOKEN = "hf_tokenOfTheTestsAndOfNobody"
READ_TOKEN = "hf_tokenThatMayOnlyRead"
LARGE = (".parquet", ".png")
DATE = "2026-01-01T00:00:00.000Z"


class Asked(NamedTuple):
    """Hold what a request about one revision names."""

    name: str
    repo: Repo
    commit: str
    below: str
    body: bytes

    @property
    def files(self) -> dict[str, bytes]:
        return self.repo.commits[self.commit].files


class HubDouble:
    """Run the stand-in; `repos`, `stored` and `log` may be looked at, `faults` set."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.stored: dict[str, bytes] = {}
        self.faults: list[Fault] = []
        self.log: list[str] = []
        self.seen_tokens: set[str] = set()
        self.before_commit: Any = None
        self.before: list[tuple[str, Callable[[], object]]] = []
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": self}))
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> HubDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fault(self, request: str) -> Mode | None:
        """Return how this request is to fail, if it is."""
        for one in self.faults:
            if one.times and re.search(one.pattern, request):
                one.times -= 1
                return one.mode
        return None

    def act(self, request: str) -> None:
        """Do once what is to be done before a request that matches: what somebody else does meanwhile."""
        for one in [one for one in self.before if re.search(one[0], request)]:
            self.before.remove(one)
            one[1]()

    def writes(self) -> list[str]:
        """Return the requests that may change something; reading what a commit would do is none."""
        harmless = re.compile(r"paths-info|validate-yaml|preupload")
        return [one for one in self.log if not one.startswith(("GET", "HEAD")) and not harmless.search(one)]


class Handler(BaseHTTPRequestHandler):
    """Answer one connection."""

    hub: HubDouble
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def handle_any(self) -> None:
        self.muted = False
        parts = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(parts.query))
        body = self._body()
        self.hub.log.append(f"{self.command} {self.path}")
        self.hub.act(f"{self.command} {self.path}")
        mode = self.hub.fault(f"{self.command} {self.path}")
        with suppress(BrokenPipeError, ConnectionResetError):
            if mode in {None, "503-after", "drop-after"}:
                self.muted = mode is not None
                with self.hub.lock:
                    self.route(parts.path, body)
                self.muted = False
            if mode in {"503-before", "503-after", "400-before"}:
                self.answer(int(mode[:3]), {"error": "out of order"})
            elif mode is not None:
                self.close_connection = True
                self.connection.close()

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def answer(self, code: int, value: Any = None, content: bytes | None = None, **headers: str) -> None:
        if self.muted:
            return
        data = content if content is not None else json.dumps(value).encode()
        self.send_response(code)
        kind = "application/octet-stream" if content is not None else "application/json; charset=utf-8"
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        for name, text in {"Content-Type": kind, "Content-Length": str(len(data)), **named}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def fail(self, code: int, name: str, message: str) -> None:
        self.answer(code, {"error": message}, X_Error_Code=name, X_Error_Message=message)

    def may(self) -> bool:
        """Tell whether the login allows this request; answer if not. Anybody reads, one token writes."""
        login = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if login:
            self.hub.seen_tokens.add(login)
        if login not in {"", TOKEN, READ_TOKEN}:
            self.fail(401, "", "Invalid credentials in Authorization header")
        elif self.command in {"GET", "HEAD"} or "/paths-info/" in self.path or login == TOKEN:
            return True
        elif login:
            self.fail(403, "", "You don't have the rights to do that")
        else:
            self.fail(401, "", "Log in first")
        return False

    def route(self, path: str, body: bytes) -> None:
        if found := re.fullmatch(r"/_lfs/([0-9a-f]{64})", path):
            self.large(found[1], body)
        elif not self.may():
            pass
        elif path == "/api/validate-yaml":
            self.answer(200, {"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self.create(json.loads(body))
        elif found := re.fullmatch(r"/datasets/([^/]+/[^/]+?)\.git/info/lfs/objects/(batch|verify)", path):
            self.batch(json.loads(body)) if found[2] == "batch" else self.answer(200, {})
        elif found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.file(*(urllib.parse.unquote(part) for part in found.groups()))
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/(.*))?", path):
            self.api(found[1], found[2] or "", body)
        else:
            self.fail(404, "", f"nothing at {path}")

    def create(self, wanted: dict[str, Any]) -> None:
        name = f"{wanted['organization']}/{wanted['name']}"
        facts = {"url": f"{self.hub.url}/datasets/{name}", "name": name, "id": "x"}
        if name in self.hub.repos:
            self.answer(409, {"error": "You already created this dataset repo", **facts})
            return
        private = wanted.get("private") or wanted.get("visibility") == "private"
        self.hub.repos[name] = Repo(private=bool(private))
        self.answer(200, facts)

    def large(self, digest: str, body: bytes) -> None:
        if self.command != "PUT":
            self.content(self.hub.stored[digest], digest, None)
        elif hashlib.sha256(body).hexdigest() == digest:
            self.hub.stored[digest] = body
            self.answer(200, content=b"")
        else:
            self.answer(400, {"error": "another digest"})

    def batch(self, wanted: dict[str, Any]) -> None:
        found = []
        for one in wanted["objects"]:
            entry = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.hub.stored:
                entry["actions"] = {"upload": {"href": f"{self.hub.url}/_lfs/{one['oid']}", "header": {}}}
            found.append(entry)
        self.answer(200, {"transfer": "basic", "objects": found})

    def repo(self, name: str) -> Repo | None:
        """Return a repository; answer as the Hub does if there is none or the login does not show it."""
        found = self.hub.repos.get(name)
        login = self.headers.get("Authorization")
        if found is not None and (login or not found.private):
            return found
        self.fail(404 if login else 401, "RepoNotFound", "Repository not found")
        return None

    def commit_of(self, repo: Repo, revision: str) -> str | None:
        found = repo.resolve(revision)
        if found is None:
            self.fail(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return found

    def file(self, name: str, revision: str, path: str) -> None:
        repo = self.repo(name)
        commit = self.commit_of(repo, revision) if repo is not None else None
        if repo is None or commit is None:
            return
        content = repo.commits[commit].files.get(path)
        if content is None:
            self.fail(404, "EntryNotFound", "Entry not found")
        elif path.endswith(LARGE):
            digest = hashlib.sha256(content).hexdigest()
            self.hub.stored[digest] = content
            self.answer(
                302, content=b"", X_Repo_Commit=commit, X_Linked_Size=str(len(content)), X_Linked_Etag=f'"{digest}"',
                Location=f"http://localhost:{self.hub.port}/_lfs/{digest}", ETag=f'"{digest}"',
            )  # fmt: skip
        else:
            self.content(content, blob_id(content), commit)

    def content(self, content: bytes, etag: str, commit: str | None) -> None:
        headers = {"ETag": f'"{etag}"', "Accept_Ranges": "bytes", **({"X_Repo_Commit": commit} if commit else {})}
        wanted = re.match(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        if wanted is None:
            self.answer(200, content=content, **headers)
            return
        size = len(content)
        start = int(wanted[1]) if wanted[1] else max(0, size - int(wanted[2]))
        end = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
        headers["Content_Range"] = f"bytes {start}-{end}/{size}"
        self.answer(206, content=content[start : end + 1], **headers)

    def api(self, name: str, rest: str, body: bytes) -> None:
        repo = self.repo(name)
        if repo is None:
            return
        operation, _, tail = rest.partition("/")
        if operation == "refs":
            self.answer(200, self.refs(repo))
        elif operation == "discussions":
            self.answer(200, self.discussions(name, repo))
        elif operation in {"", "revision"}:
            commit = self.commit_of(repo, urllib.parse.unquote(tail) or "main")
            if commit is not None:
                self.answer(200, self.info(name, repo, commit))
        else:
            revision, _, below = tail.partition("/")
            commit = self.commit_of(repo, urllib.parse.unquote(revision))
            act = {"preupload": self.preupload, "commit": self.commit, "tag": self.tag, "tree": self.tree}
            act["paths-info"] = self.paths_info
            if commit is not None and operation in act:
                act[operation](Asked(name, repo, commit, urllib.parse.unquote(below), body))
            elif commit is not None:
                self.fail(404, "", f"nothing at {rest}")

    def refs(self, repo: Repo) -> dict[str, Any]:
        requests = {f"refs/pr/{number}": request.commit for number, request in repo.requests.items()}
        return {
            "branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": repo.main}],
            "converts": [],
            "tags": [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": at} for tag, at in repo.tags.items()],
            "pullRequests": [{"name": ref, "ref": ref, "targetCommit": at} for ref, at in requests.items()],
        }

    def discussions(self, name: str, repo: Repo) -> dict[str, Any]:
        wanted = self.query.get("status")
        found = [
            {
                "num": number, "title": one.title, "status": one.status, "createdAt": DATE, "isPullRequest": True,
                "author": {"name": "tester"}, "repo": {"name": name, "type": "dataset"},
            }
            for number, one in repo.requests.items()
            if wanted in {None, one.status}
        ]  # fmt: skip
        return {"count": len(found), "start": 0, "discussions": found}

    def info(self, name: str, repo: Repo, commit: str) -> dict[str, Any]:
        return {
            "_id": "x", "id": name, "author": name.partition("/")[0], "sha": commit, "private": repo.private,
            "gated": False, "disabled": False, "tags": [], "downloads": 0, "likes": 0, "lastModified": DATE,
            "createdAt": DATE, "siblings": [{"rfilename": path} for path in sorted(repo.commits[commit].files)],
        }  # fmt: skip

    def entry(self, path: str, asked: Asked) -> dict[str, Any]:
        content = asked.files[path]
        found = {"type": "file", "oid": blob_id(content), "size": len(content), "path": path}
        if path.endswith(LARGE):
            digest = hashlib.sha256(content).hexdigest()
            kept = pointer(digest, len(content))
            found |= {"oid": blob_id(kept), "lfs": {"oid": digest, "size": len(content), "pointerSize": len(kept)}}
        if self.query.get("expand", "").lower() in {"true", "1"}:
            found |= {"lastCommit": {"id": asked.commit, "title": "x", "date": DATE}, "security": None}
        return found

    def preupload(self, asked: Asked) -> None:
        there = asked.files
        found = []
        for one in json.loads(asked.body)["files"]:
            large = one["path"].endswith(LARGE)
            said = {"path": one["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}
            content = there.get(one["path"])
            if content is not None:
                said["oid"] = hashlib.sha256(content).hexdigest() if large else blob_id(content)
            found.append(said)
        self.answer(200, {"files": found})

    def tag(self, asked: Asked) -> None:
        wanted = json.loads(asked.body)["tag"]
        if wanted in asked.repo.tags:
            self.fail(409, "", "Tag reference exists already")
        else:
            asked.repo.tags[wanted] = asked.commit
            self.answer(200, {})

    def tree(self, asked: Asked) -> None:
        files = sorted(asked.files)
        start = f"{asked.below.strip('/')}/" if asked.below.strip("/") else ""
        if start and not any(path.startswith(start) for path in files):
            self.fail(404, "EntryNotFound", f"{asked.below} does not exist")
            return
        deep = self.query.get("recursive", "").lower() in {"true", "1"}
        found: dict[str, Any] = {}
        for path in (path for path in files if path.startswith(start)):
            parts = path[len(start) :].split("/")
            for number in range(1, len(parts) if deep else min(len(parts), 2)):
                folder = start + "/".join(parts[:number])
                found[folder] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder}
            if deep or len(parts) == 1:
                found[path] = self.entry(path, asked)
        self.answer(200, list(found.values()))

    def paths_info(self, asked: Asked) -> None:
        json_body = "json" in (self.headers.get("Content-Type") or "")
        paths = (
            json.loads(asked.body)["paths"]
            if json_body
            else urllib.parse.parse_qs(asked.body.decode()).get("paths", [])
        )
        files, found = asked.files, []
        for path in (path.strip("/") for path in paths):
            if path in files:
                found.append(self.entry(path, asked))
            elif any(one.startswith(f"{path}/") for one in files):
                found.append({"type": "directory", "oid": "0" * 40, "size": 0, "path": path})
        self.answer(200, found)

    def commit(self, asked: Asked) -> None:
        repo, commit, body = asked.repo, asked.commit, asked.body
        if self.hub.before_commit is not None:
            act, self.hub.before_commit = self.hub.before_commit, None
            act(repo)
            commit = repo.main
        files, title = dict(repo.commits[commit].files), ""
        for line in map(json.loads, body.splitlines()):
            kind, value = line["key"], line["value"]
            if kind == "header":
                title = value["summary"]
                if value.get("parentCommit", commit) != commit:
                    self.fail(412, "", "A commit has happened since. Please refresh and try again.")
                    return
            elif kind == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif kind == "lfsFile":
                if value["oid"] not in self.hub.stored:
                    self.fail(400, "", f"there is no upload for {value['path']}")
                    return
                files[value["path"]] = self.hub.stored[value["oid"]]
            elif kind == "deletedFile":
                del files[value["path"]]
        made, address = repo.add(files, title, commit), f"{self.hub.url}/datasets/{asked.name}"
        request = None
        if self.query.get("create_pr"):
            number = len(repo.requests) + 1
            repo.requests[number] = Request(made, title)
            request = f"{address}/discussions/{number}"
        else:
            repo.main = made
        facts = {"commitOid": made, "commitUrl": f"{address}/commit/{made}", "pullRequestUrl": request}
        self.answer(200, {"success": True, "hookOutput": "", **facts})
