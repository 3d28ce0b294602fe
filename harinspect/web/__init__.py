"""The local page. FastAPI is imported only when it is served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harinspect.store import Keeping
    from harinspect.web.access import Access
    from harinspect.web.kept import Kept


def serve(
    host: str,
    port: int,
    store: Keeping,
    access: Access | None = None,
    *,
    knowledge: Path | None = None,
    kept: Kept | None = None,
) -> None:
    """Serve until interrupted. `access`: who is let in, by default everybody on this machine.

    `knowledge`: a folder with a user's own products. `kept`: where `store` is on disk.
    """
    import logging

    import uvicorn

    from harinspect.web.access import EVERYBODY_HERE
    from harinspect.web.app import create_app
    from harinspect.web.patience import MOST, Patient
    from harinspect.web.settings import Settings

    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it would tell characters of a body
    chosen = access or EVERYBODY_HERE
    uvicorn.run(
        create_app(store, Settings(hosts=(host,), knowledge=knowledge, access=chosen), kept),
        host=host,
        port=port,
        ssl_certfile=chosen.certfile,
        ssl_keyfile=chosen.keyfile,
        log_level="warning",
        access_log=False,  # it would hold every URL
        proxy_headers=False,  # whom to believe is decided in web/peers.py
        server_header=False,
        ws="none",
        http=Patient,
        backlog=MOST,
        timeout_graceful_shutdown=5,  # seconds: neither an upload nor a long export keeps the server from ending
    )
