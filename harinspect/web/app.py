"""The application: guard, routes, assets and what a browser sees when something is wrong."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Scope

from harinspect.render import shipped_folder
from harinspect.store import Keeping, StoreError
from harinspect.web import changes, exports, pages, signin
from harinspect.web.attempts import Attempts
from harinspect.web.contexts import Gone, Trouble
from harinspect.web.gate import Door, Gate
from harinspect.web.guard import SHARED, Guard
from harinspect.web.housekeeping import housekeeping
from harinspect.web.kept import Kept
from harinspect.web.pace import Pace
from harinspect.web.settings import Settings
from harinspect.web.site import Site, page
from harinspect.web.strict import Strict
from harinspect.web.uploads import Uploads


class Assets(StaticFiles):
    """Assets carry a mark of their content in the address and may be cached for good."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        marked = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if marked else "no-cache"
        return response


def create_app(store: Keeping, settings: Settings | None = None, kept: Kept | None = None) -> FastAPI:
    """The page over `store`. Nothing is fetched from anywhere and no API description is served.

    With `kept`, whose reports `store` is then: also notes, searches and share links.
    """
    chosen = settings or Settings()
    uploads = Uploads(store, chosen)
    strict = Strict(store, uploads.redactions, chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with housekeeping(kept):
            yield
            await uploads.close()
            await strict.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.state.site = _site(store, uploads, strict, chosen, kept)
    app.state.door = Door(chosen.access)
    app.include_router(exports.router)
    app.include_router(pages.router)
    app.include_router(changes.router)
    app.include_router(signin.router)
    if kept:
        from harinspect.web import owning, shared  # with the database, which a page without one does not wait for

        app.include_router(owning.router)
        app.include_router(shared.router)
    app.mount("/assets", Assets(directory=shipped_folder("templates") / "assets"))
    app.add_exception_handler(HTTPException, _trouble)
    app.add_exception_handler(RequestValidationError, _not_found)
    app.add_exception_handler(StoreError, _unusable)
    app.add_exception_handler(OSError, _full)
    app.add_middleware(Pace)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)
    app.add_middleware(Gate, door=app.state.door)
    app.add_middleware(Guard, hosts=(*chosen.hosts, *chosen.access.hosts))
    return app


def _site(store: Keeping, uploads: Uploads, strict: Strict, settings: Settings, kept: Kept | None) -> Site:
    if kept is None:
        return Site(store, uploads, strict, settings)
    clock = kept.archive.clock
    guesses = Attempts(lambda: clock().timestamp(), alone=True)
    return Site(store, uploads, strict, settings, kept.archive, guesses=guesses)


async def _trouble(request: Request, problem: Exception) -> Response:
    if _is_shared(request):
        return _gone()
    met = cast(HTTPException, problem)
    if met.status_code == 408:  # most likely it is the page's script that sends so slowly
        return PlainTextResponse(met.detail, met.status_code, met.headers)
    title = "Not found" if met.status_code == 404 else "That did not work"
    sentence = "There is no page at this address." if met.detail == "Not Found" else str(met.detail)
    answer = page(Trouble(title, sentence), met.status_code)
    answer.headers.update(met.headers or {})
    return answer


async def _not_found(request: Request, _: Exception) -> HTMLResponse:
    if _is_shared(request):
        return _gone()
    return page(Trouble("Not found", "There is no page at this address."), 404)


async def _unusable(request: Request, problem: Exception) -> HTMLResponse:
    """The sentence names the owner's folder, so it is for the owner."""
    if _is_shared(request):
        return _gone()
    return page(Trouble("That did not work", str(problem)), 500)


async def _full(_: Request, problem: Exception) -> PlainTextResponse:
    """RFC 4918 section 11.5. Raises whatever else it is."""
    if cast(OSError, problem).errno not in (errno.ENOSPC, errno.EDQUOT):
        raise problem
    return PlainTextResponse("The disk of the server is full.", 507)


def _is_shared(request: Request) -> bool:
    return str(request.scope["path"]).startswith(SHARED)


def _gone() -> HTMLResponse:
    return page(Gone(), 404)
