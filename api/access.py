"""Who may change the reports and the index."""

import ipaddress
import secrets
from urllib.parse import urlsplit

from fastapi import Request

from api.settings import Settings

_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAllowed(Exception):
    """An admin call from somewhere that may not make it; the text says what would be accepted."""


def check_admin(request: Request, settings: Settings) -> None:
    """Let an admin call pass: it carries the admin key, or a program on this machine made it.

    Raises NotAllowed otherwise. A browser on this machine also calls from loopback, whatever page
    it shows, so its own headers must say that the page is ours and was reached by a local name:
    this refuses cross-site requests and DNS rebinding.
    """
    if _has_key(request, settings) or (_from_loopback(request) and _same_site(request, settings)):
        return
    raise NotAllowed(
        "管理操作只能在本机进行，或带上管理密钥：X-Admin-Key 请求头，值同 WENJU_ADMIN_KEY。 / "
        "Admin calls are accepted from this machine, or with the header X-Admin-Key equal to "
        "WENJU_ADMIN_KEY."
    )


def _has_key(request: Request, settings: Settings) -> bool:
    """Whether the request carries the admin key, in either of its two headers."""
    if settings.admin_key is None:
        return False
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    given = request.headers.get("x-admin-key") or bearer
    key = settings.admin_key.get_secret_value()
    return secrets.compare_digest(given.encode(), key.encode())


def _from_loopback(request: Request) -> bool:
    """Whether the other end of the connection is this machine."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # ::ffff:127.0.0.1 on a dual-stack socket
    return (mapped or address).is_loopback


def _same_site(request: Request, settings: Settings) -> bool:
    """Whether no other site's page can have made the request."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return (
        _hostname(host) in _LOCAL_NAMES | {settings.host}
        and (origin is None or origin.partition("://")[2] == host)
        and request.headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    )


def _hostname(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is malformed."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
