"""The local page. FastAPI is imported only when it is served."""

from __future__ import annotations

from pathlib import Path

from harinspect.store import Store


def serve(
    host: str, port: int, store: Store, allowed_hosts: tuple[str, ...] = (), knowledge: Path | None = None
) -> None:
    """Serve until interrupted. `allowed_hosts`: host names beside loopback's that a browser may ask for.

    `knowledge`: a folder with a user's own products.
    """
    import uvicorn

    from harinspect.web.app import create_app
    from harinspect.web.settings import Settings

    names = (host, *allowed_hosts)
    app = create_app(store, Settings(hosts=names, knowledge=knowledge))
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
