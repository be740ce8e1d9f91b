"""Stores that are asked by HTTP, for the tests: with a log of requests, and faults that tests switch on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from wsgidav.wsgidav_app import WsgiDAVApp

Store = TypeVar("Store", bound="HttpStore")
Start = Callable[..., Any]
Fault = Callable[[dict[str, Any], Start], Iterable[bytes] | None]
LOGIN = ("audit", "a pass:word")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...


class HttpStore:
    """A store; ``fault`` answers instead of it where it gives an answer, ``asked`` counts methods, ``paths`` lists what
    was asked for with GET and HEAD."""

    def __init__(self, application: Any) -> None:
        self._app = application
        self.asked: Counter[str] = Counter()
        self.paths: list[str] = []
        self.fault: Fault | None = None
        self.port = 0

    def __call__(self, environment: dict[str, Any], start: Start) -> Iterable[bytes]:
        method = environment["REQUEST_METHOD"]
        self.asked[method] += 1
        if method in ("GET", "HEAD"):
            self.paths.append(environment["PATH_INFO"])
        if self.fault is not None and (answer := self.fault(environment, start)) is not None:
            return answer
        return self._app(environment, start)  # type: ignore[no-any-return]  # the stores have no types

    def forget(self) -> None:
        """Begin a new log, without faults."""
        self.fault = None
        self.asked.clear()
        self.paths.clear()


class DavServer(HttpStore):
    """WsgiDAV over a folder."""

    def __init__(self, folder: Path) -> None:
        settings = {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": {LOGIN[0]: {"password": LOGIN[1]}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "verbose": 0,
            "logging": {"enable": False},
        }
        super().__init__(WsgiDAVApp(settings))

    @property
    def uri(self) -> str:
        return f"webdav://127.0.0.1:{self.port}/?credential=env:DAV_LOGIN"


class S3Server(HttpStore):
    """Moto's imitation of S3, empty."""

    def __init__(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        super().__init__(DomainDispatcherApplication(create_backend_app))

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def served(application: Store) -> Iterator[Store]:
    """The store, running."""
    with make_server("127.0.0.1", 0, application, _Server, _Silent) as server:
        application.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield application
        server.shutdown()
        thread.join()
