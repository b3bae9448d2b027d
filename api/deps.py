"""What routes ask for beside their parameters."""

from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from api.access import check_admin
from api.metrics import Metrics
from api.wiring import Service


def _service(request: Request) -> Service:
    """The service that the application was made for."""
    return cast(Service, request.app.state.service)


def _metrics(request: Request) -> Metrics:
    """The figures of the application."""
    return cast(Metrics, request.app.state.metrics)


ServiceDep = Annotated[Service, Depends(_service)]
MetricsDep = Annotated[Metrics, Depends(_metrics)]


def require_admin(request: Request, service: ServiceDep) -> None:
    """Refuse a request that may not change anything: NotAllowed."""
    check_admin(request, service.settings)


async def _uploaded_files(request: Request) -> AsyncIterator[list[UploadFile]]:
    """Yield every file of a form, whatever its field is called.

    The body is read here and not by a parameter of the route, for FastAPI would read that before
    it asks whether the client is an admin.
    """
    async with request.form() as form:
        yield [value for _, value in form.multi_items() if isinstance(value, UploadFile)]


UploadedFiles = Annotated[list[UploadFile], Depends(_uploaded_files)]
