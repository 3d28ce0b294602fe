"""The local page. FastAPI is imported only when it is served."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from harinspect.store import Keeping

if TYPE_CHECKING:
    from harinspect.store.archive import Archive


def serve(
    host: str,
    port: int,
    store: Keeping,
    allowed_hosts: tuple[str, ...] = (),
    knowledge: Path | None = None,
    archive: Archive | None = None,
    forget_after: timedelta | None = None,
) -> None:
    """Serve until interrupted. `allowed_hosts`: host names beside loopback's that a browser may ask for.

    `knowledge`: a folder with a user's own products. `archive`: where the reports are kept on disk, which are `store`
    then; those older than `forget_after` are deleted.
    """
    import uvicorn

    from harinspect.web.app import create_app
    from harinspect.web.settings import Settings

    settings = Settings(hosts=(host, *allowed_hosts), knowledge=knowledge, forget_after=forget_after)
    app = create_app(store, settings, archive)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
