"""What is not the API proper: the pages, the reference, health and metrics."""

from pathlib import Path

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import FileResponse, HTMLResponse, Response

from api import problems, reference
from api.deps import MetricsDep, ServiceDep
from api.schemas_admin import EncoderOut, HealthOut

WEB = Path(__file__).parent / "web"

router = APIRouter()


@router.get("/api/health", tags=["health"])
def health(service: ServiceDep) -> HealthOut:
    """状态 / Whether questions are answered, and from what."""
    index = service.index
    return HealthOut(
        ready=True,
        index_version=index.version,
        documents=len(index.documents),
        passages=len(index.passages),
        sentences=len(index.contents.sentences),
        encoder=EncoderOut(name=index.encoder.name, fingerprint=index.fingerprint),
        notice="\n".join(filter(None, (service.notice, service.corpus_notice))),
    )


@router.get("/metrics", include_in_schema=False)
def prometheus(service: ServiceDep, metrics: MetricsDep) -> Response:
    """Return the figures in the format that Prometheus reads."""
    metrics.passages.set(len(service.index.passages))
    return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Return the HTTP reference."""
    html = reference.page(
        request.app.openapi(),
        [(kind.name, kind.status, kind.title) for kind in problems.kinds()],
    )
    return HTMLResponse(html, headers={"content-security-policy": reference.POLICY})


@router.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
def page() -> FileResponse:
    """Return the chat page."""
    return FileResponse(WEB / "index.html")


@router.api_route("/admin", methods=["GET", "HEAD"], include_in_schema=False)
def admin_page() -> FileResponse:
    """Return the operators' page; what it shows and does asks for the right to do so."""
    return FileResponse(WEB / "admin.html")
