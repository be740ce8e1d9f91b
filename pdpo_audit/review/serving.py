"""Serve the pages until somebody stops them."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from pdpo_audit.errors import MachineError
from pdpo_audit.review.access.identities import stated_identities
from pdpo_audit.review.application import application
from pdpo_audit.review.house import House
from pdpo_audit.workspace.plans.ticking import ticking
from pdpo_audit.workspace.project import Project
from pdpo_audit.workspace.review.invitations import begin_serving
from pdpo_audit.workspace.review.picturing import Pictures


def serve(project: Project, announce: Callable[[str, str], None], *, bind: str = "") -> None:
    """Serve the review pages; ``announce`` is given their address and the one-time link for set-up.

    :raises MachineError: the address is taken, or the certificate cannot be read.
    """
    settings = project.settings.review
    if bind:
        settings = type(settings).model_validate({**settings.model_dump(), "bind": bind})
    listening = _listen(*settings.address)
    port = listening.getsockname()[1]
    secure = bool(settings.tls.certificate)
    names = {settings.host} if settings.host else {"127.0.0.1", "localhost", "[::1]"}
    hosts = {f"{name}:{port}" for name in names} | (names if port == (443 if secure else 80) else set())
    if settings.public_url:  # a proxy ends TLS: browsers know no other address
        secure, hosts = True, {settings.public_url.removeprefix("https://")}
    shown = settings.host or ("[::1]" if ":" in settings.address[0] else "127.0.0.1")
    address = settings.public_url or f"{'https' if secure else 'http'}://{shown}:{port}"
    house = House(project=project, pictures=Pictures(project), identities=stated_identities(project, address))
    begin_serving(project, address)
    config = uvicorn.Config(
        application(house, scheme="https" if secure else "http", hosts=hosts),
        access_log=False, log_level="warning", server_header=False, date_header=False, proxy_headers=False,
        ssl_certfile=settings.tls.certificate or None, ssl_keyfile=settings.tls.key or None, lifespan="off",
        timeout_graceful_shutdown=5, h11_max_incomplete_event_size=32_768, limit_concurrency=200,
    )  # fmt: skip
    try:
        config.load()
    except OSError as error:
        raise MachineError(f"the certificate cannot be read: {error}", advice="see [review] tls") from error
    announce(address, f"{address}/join?token={house.link.make()}")
    try:
        with listening, ticking(project):
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        house.pictures.close()


def _listen(name: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((name, port))
    except OSError as error:
        listening.close()
        raise MachineError(f"{name}:{port} cannot be served: {error.strerror}", advice="--bind 127.0.0.1:0") from error
    return listening
