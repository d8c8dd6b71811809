"""A proxy that gives up on answers that take too long, as those in front of real servers do."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_PASSED = ("Authorization", "Content-Type")


@contextmanager
def cutting_proxy(url: str, seconds: float) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a proxy of `url`, and the requests that it answered 504 after `seconds`, as they come."""
    cuts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            headers = {name: self.headers[name] for name in _PASSED if self.headers[name]}
            request = urllib.request.Request(url + self.path, body, headers, method=self.command)
            try:
                with _DIRECT.open(request, timeout=seconds) as reply:
                    self.send(reply.status, reply.headers.get("Content-Type") or "", reply.read())
            except urllib.error.HTTPError as refusal:
                with refusal:
                    self.send(refusal.code, refusal.headers.get("Content-Type") or "", refusal.read())
            except (TimeoutError, urllib.error.URLError):
                cuts.append(f"{self.command} {self.path}")
                self.send(504, "text/html", b"<html>504 Gateway Time-out</html>")

        def send(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", cuts
        finally:
            server.shutdown()
            thread.join()


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
