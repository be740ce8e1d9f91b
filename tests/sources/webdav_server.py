"""A WebDAV server for the tests: WsgiDAV over a folder, with a log of requests and faults that tests switch on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from wsgidav.wsgidav_app import WsgiDAVApp

Start = Callable[..., Any]
Fault = Callable[[dict[str, Any], Start], Iterable[bytes] | None]
LOGIN = ("audit", "a pass:word")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...


class DavServer:
    """The server; ``fault`` answers instead of it where it gives an answer, ``asked`` counts methods."""

    def __init__(self, folder: Path) -> None:
        settings = {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": {LOGIN[0]: {"password": LOGIN[1]}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
        self._app = WsgiDAVApp(settings)
        self.asked: Counter[str] = Counter()
        self.fault: Fault | None = None
        self.port = 0

    def __call__(self, environment: dict[str, Any], start: Start) -> Iterable[bytes]:
        self.asked[environment["REQUEST_METHOD"]] += 1
        if self.fault is not None and (answer := self.fault(environment, start)) is not None:
            return answer
        return self._app(environment, start)  # type: ignore[no-any-return]  # WsgiDAV has no types

    @property
    def uri(self) -> str:
        return f"webdav://127.0.0.1:{self.port}/?credential=env:DAV_LOGIN"


@contextmanager
def served(folder: Path) -> Iterator[DavServer]:
    """A running server over a folder."""
    application = DavServer(folder)
    with make_server("127.0.0.1", 0, application, _Server, _Silent) as server:
        application.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield application
        server.shutdown()
        thread.join()
