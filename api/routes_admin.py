"""For operators: rebuilds and versions of the index."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from api.deps import ServiceDep, require_admin
from api.rebuilding import State
from api.schemas_admin import RebuildOut, VersionOut, VersionsOut
from api.wiring import Service
from embeddings import storage

router = APIRouter(prefix="/api", tags=["admin"], dependencies=[Depends(require_admin)])

_LOOK_SECONDS = 0.2  # between two looks at a rebuild that somebody follows
_SIGN_SECONDS = 1.0  # the longest silence: rate and ETA change without a step, too

_AS_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "example": "event: progress\n"
                'data: {"state": "running", "stage": "encode", "done": 128, "total": 640, …}\n\n'
                'event: done\ndata: {"state": "succeeded", "report": {…}, …}\n'
            }
        }
    }
}


@router.post("/rebuild", status_code=202)
def start(
    service: ServiceDep,
    full: Annotated[bool, Query(description="全部重新编码 / encode everything")] = False,
    force: Annotated[bool, Query(description="不作质量检查 / without the quality gate")] = False,
) -> RebuildOut:
    """重建索引 / Rebuild the index in the background; during a rebuild: once more after it."""
    return RebuildOut.of(service.rebuilding.request(full=full, force=force))


@router.get("/rebuild", response_model=RebuildOut, responses=_AS_EVENTS)
def progress(service: ServiceDep, accept: Annotated[str, Header()] = "") -> Response | RebuildOut:
    """重建进度 / What the rebuild is doing, or how the last one ended.

    With `Accept: text/event-stream`: as events `progress` until `done` has the end.
    """
    if "text/event-stream" not in accept.lower():
        return RebuildOut.of(service.rebuilding.status)
    # nginx would hold events back to fill its buffer
    return EventSourceResponse(_events(service), headers={"X-Accel-Buffering": "no"})


async def _events(service: Service) -> AsyncIterator[bytes]:
    """The steps of the rebuild that runs, then its end; asynchronous, to wait without a thread.

    Where the server ends before it, so do the events.
    """
    told, told_at = None, 0.0
    while (status := service.rebuilding.status).state == State.RUNNING:
        if service.ending.is_set():
            return
        if status is not told or time.monotonic() - told_at >= _SIGN_SECONDS:
            told, told_at = status, time.monotonic()
            yield _event("progress", RebuildOut.of(status))
        await asyncio.sleep(_LOOK_SECONDS)
    yield _event("done", RebuildOut.of(status))


def _event(name: str, job: RebuildOut) -> bytes:
    """A moment of the job as an event."""
    return format_sse_event(event=name, data_str=job.model_dump_json())


@router.delete("/rebuild", status_code=202)
def cancel(service: ServiceDep) -> RebuildOut:
    """取消重建 / Stop the rebuild; what it has encoded is kept for the next one."""
    return RebuildOut.of(service.rebuilding.cancel())


@router.get("/versions")
def versions(service: ServiceDep) -> VersionsOut:
    """版本列表 / The versions of the index, newest first."""
    known = storage.versions(service.settings.data)
    return VersionsOut(versions=[VersionOut.of(version) for version in known])


@router.post("/versions/{version}/activate")
def activate(
    version: Annotated[str, Path(description="版本 / version")], service: ServiceDep
) -> VersionOut:
    """启用版本 / Make a version the current one; questions are answered from it at once."""
    service.activate(version)
    known = storage.versions(service.settings.data)
    return VersionOut.of(next(found for found in known if found.version == version))
