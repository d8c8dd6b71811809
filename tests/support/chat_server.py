"""A stand-in for a server that speaks OpenAI's chat interface, on this machine, with faults to order.

It answers each question with what a test says, counts the replies that it gave in full, and can refuse requests as
busy or wrong, cut a reply, or wait for ever, as if it were working when its client is killed.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[str, str], str]


class ChatServer(ThreadingHTTPServer):
    """Answers by `answer`, called with the last message and the task; `faults` are taken from the front.

    A fault is `busy` (429), `wrong` (400), `cut` (half of the reply, stopped by length), `hang` or, where it is
    empty, none. `requests` counts what was asked by the last message, `replies` what was answered in full.
    """

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.faults: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.requests: Counter[str] = Counter()
        self.replies: Counter[str] = Counter()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        """Return the base of the addresses."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def __enter__(self) -> ChatServer:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:  # the name that the base class calls
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        question = body["messages"][-1]["content"]
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.requests[question] += 1
            fault = self.server.faults.pop(0) if self.server.faults else ""
        if fault == "hang":
            threading.Event().wait(60)
        elif fault == "busy":
            self._send(429, {"error": {"message": "busy", "code": "rate_limit_exceeded"}}, ("Retry-After", "0"))
        elif fault == "wrong":
            self._send(400, {"error": {"message": "no such thing", "type": "invalid_request_error"}})
        else:
            self._reply(body, question, cut=fault == "cut")

    def _reply(self, body: dict[str, Any], question: str, *, cut: bool) -> None:
        task = body["response_format"]["json_schema"]["name"].removeprefix("vinese_")
        text = self.server.answer(question, task)
        text = text[: len(text) // 2] if cut else text
        choice = {"index": 0, "message": {"role": "assistant", "content": text}}
        choice["finish_reason"] = "length" if cut else "stop"
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        head = {"id": "reply", "object": "chat.completion", "created": 0, "model": body["model"]}
        self._send(200, {**head, "choices": [choice], "usage": usage})
        with self.server.lock:
            self.server.replies[question] += 1

    def _send(self, status: int, value: dict[str, Any], *headers: tuple[str, str]) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        for name, header in (("Content-Type", "application/json"), *headers):
            self.send_header(name, header)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
