"""For operators: rebuilds and versions of the index."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.deps import ServiceDep, require_admin
from api.schemas_admin import RebuildOut, VersionOut, VersionsOut
from embeddings import storage

router = APIRouter(prefix="/api", tags=["admin"], dependencies=[Depends(require_admin)])


@router.post("/rebuild", status_code=202)
def start(
    service: ServiceDep,
    full: Annotated[bool, Query(description="全部重新编码 / encode everything")] = False,
) -> RebuildOut:
    """重建索引 / Rebuild the index in the background; during a rebuild: once more after it."""
    return RebuildOut.of(service.rebuilding.request(full=full))


@router.get("/rebuild")
def progress(service: ServiceDep) -> RebuildOut:
    """重建进度 / What the rebuild is doing, or how the last one ended."""
    return RebuildOut.of(service.rebuilding.status)


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
