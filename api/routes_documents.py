"""The reports: listed and read by anybody, added and removed by operators."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from api import lookup, uploads
from api.deps import ServiceDep, UploadedFiles, require_admin
from api.schemas_admin import RebuildOut, RemovalOut, UploadOut
from api.schemas_documents import DocumentDetailOut, DocumentsOut, PassageDetailOut
from api.uploads import BadUpload, Upload

router = APIRouter(prefix="/api", tags=["documents"])

DocumentId = Annotated[str, Path(description="文档编号 / document id")]
_UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


@router.get("/documents")
def documents(service: ServiceDep) -> DocumentsOut:
    """文档列表 / Every report in the index."""
    return DocumentsOut.of(service.index)


@router.post(
    "/documents", status_code=202, dependencies=[Depends(require_admin)], openapi_extra=_UPLOAD
)
def upload(files: UploadedFiles, service: ServiceDep) -> UploadOut:
    """上传报告 / Add or replace reports (.txt, .md); the index follows with its next rebuild."""
    uploads.refuse_samples(service.settings.corpus)
    received = [Upload.of(file.filename or "", file.file.read()) for file in files]
    if not received:
        raise BadUpload(
            "没有收到文件。请用 multipart/form-data 的 file 字段上传。 / "
            "No file came. Send it as the field `file` of a multipart/form-data body."
        )
    for report in received:
        uploads.save(service.settings.corpus, report)
    return UploadOut(
        sources=[report.source for report in received],
        rebuild=RebuildOut.of(service.rebuilding.request()),
    )


@router.get("/documents/{document_id:path}")
def document(document_id: DocumentId, service: ServiceDep) -> DocumentDetailOut:
    """一份文档 / One report with its passages."""
    index = service.index
    return DocumentDetailOut.of(lookup.document(index, document_id), index)


@router.delete(
    "/documents/{document_id:path}", status_code=202, dependencies=[Depends(require_admin)]
)
def remove(document_id: DocumentId, service: ServiceDep) -> RemovalOut:
    """删除报告 / Remove a report; the index follows with its next rebuild."""
    uploads.refuse_samples(service.settings.corpus)
    source = lookup.document(service.index, document_id).source
    with service.removing:
        uploads.remove(service.settings.corpus, source)
    return RemovalOut(source=source, rebuild=RebuildOut.of(service.rebuilding.request()))


@router.get("/passages/{passage_id:path}")
def passage(
    passage_id: Annotated[str, Path(description="段落编号 / passage id")], service: ServiceDep
) -> PassageDetailOut:
    """一个段落 / One passage."""
    index = service.index
    return PassageDetailOut.of(lookup.passage(index, passage_id), index.version)
