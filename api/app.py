"""The HTTP application over one service."""

import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api import problems, routes_admin, routes_ask, routes_documents, routes_site
from api.metrics import MeasureRequests, Metrics
from api.middleware import BodyLimit, SecurityHeaders
from api.schemas import ProblemOut
from api.watching import Watching
from api.wiring import Service

API_VERSION = "1"  # of the contract, not of the program: what a client may rely on
_MAX_BODY = 1024 * 1024  # bytes; fifty turns of a long conversation are a fifth of it


class Server(uvicorn.Server):
    """The server of one service; told to end, it finishes what is asked and lets followers go."""

    def __init__(self, service: Service, log_level: str) -> None:
        super().__init__(uvicorn.Config(create_app(service), log_level=log_level))
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Wait for all responses; the events of a rebuild would go on for as long as it does."""
        self._service.ending.set()
        await super().shutdown(sockets)


def create_app(service: Service) -> FastAPI:
    """Return the application; while it runs it follows what other processes activate.

    And, where the settings say so, what comes into the corpus folder.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        watching = Watching(service)
        works = [service.follow, *([watching.run] if service.settings.watch else [])]
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        yield
        watching.close()
        service.close()
        for thread in threads:
            thread.join()

    app = FastAPI(
        title="问据 Wenju",
        version=API_VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses={
            "4XX": {
                "description": "RFC 9457",
                "content": {"application/problem+json": {"schema": ProblemOut.model_json_schema()}},
            }
        },
    )
    app.state.service = service
    app.state.metrics = Metrics()
    uploads = {"/api/documents": service.settings.max_upload_mib * 1024 * 1024}
    app.add_middleware(BodyLimit, default=_MAX_BODY, limits=uploads)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(MeasureRequests, metrics=app.state.metrics)
    problems.install(app)
    for routes in (routes_ask, routes_documents, routes_admin, routes_site):
        app.include_router(routes.router)
    app.mount("/web", StaticFiles(directory=routes_site.WEB), name="web")
    return app
