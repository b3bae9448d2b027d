"""GET /docs: the HTTP reference as one page without scripts, drawn from our own OpenAPI.

FastAPI's own page loads Swagger from another host, which works neither offline nor under our
Content-Security-Policy.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from api.middleware import CONTENT_SECURITY_POLICY

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: .5rem; }
h2 code { font-size: 1.1rem; } dt { font-family: monospace; } dd { margin-left: 1.5rem; }
""".strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
POLICY = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'sha256-{_STYLE_HASH}'")


def page(openapi: Mapping[str, Any], problems: Iterable[tuple[str, int, str]]) -> str:
    """Return the reference as HTML; `problems` are the (name, status, title) of every error."""
    schemas = openapi["components"]["schemas"]
    operations = (
        line
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        for line in _operation(f"{method.upper()} {path}", operation, schemas)
    )
    title = f"{openapi['info']['title']} API"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="zh"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(title)}</h1>",
            '<p>机器可读：<a href="/openapi.json">/openapi.json</a></p>',
            *operations,
            "<h2>错误 / Problems</h2>",
            "<p>RFC 9457 <code>application/problem+json</code></p><dl>",
            *(
                f'<dt id="{escape(name)}">{escape(name)}</dt><dd>{status} {escape(title)}</dd>'
                for name, status, title in problems
            ),
            "</dl></body></html>",
        ]
    )


def _operation(
    call: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> Iterator[str]:
    """One way of calling one address."""
    yield f"<h2><code>{escape(call)}</code></h2>"
    yield f"<p>{escape(operation.get('description', ''))}</p><dl>"
    for parameter in operation.get("parameters", ()):
        yield f"<dt>{escape(parameter['name'])} ({escape(parameter['in'])})</dt>"
        yield f"<dd>{escape(parameter.get('description', ''))}</dd>"
    yield "</dl>"
    yield from _examples("请求 / Request", operation.get("requestBody", {}), schemas)
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield from _examples(f"回应 / Response {status}", response, schemas)


def _examples(heading: str, body: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    """The examples of a request or a response, as they travel."""
    for media_type, content in body.get("content", {}).items():
        schema = schemas.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
        for example in (*schema.get("examples", ()), *filter(None, [content.get("example")])):
            text = example if isinstance(example, str) else _indented(example)
            yield f"<p>{heading} <code>{escape(media_type)}</code></p><pre>{escape(text)}</pre>"


def _indented(example: object) -> str:
    """JSON as a person reads it."""
    return json.dumps(example, ensure_ascii=False, indent=2)
