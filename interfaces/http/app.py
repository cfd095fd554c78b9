"""Builds the HTTP application from what `interfaces/wiring.py` opened. Nothing is opened or closed here."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from interfaces.http import (
    absence_routes,
    anomaly_routes,
    catalogue_routes,
    certificate_routes,
    citizen_routes,
    coordination_routes,
    dossier_routes,
    feed_routes,
    file_routes,
    flow_routes,
    handover_routes,
    linked_routes,
    obstacle_routes,
    operations,
    organisation_routes,
    pages,
    papers_routes,
    proof_routes,
    public_routes,
    registry_routes,
    store_routes,
    tlog_routes,
    view_routes,
    voice_routes,
)
from interfaces.http.described import describe
from interfaces.http.district_table import Districts
from interfaces.http.documents import ProblemBody
from interfaces.http.limits import Limited, LookupLimiter
from interfaces.http.metrics import Metrics
from interfaces.http.parameters import only_known
from interfaces.http.problems import install
from interfaces.http.waiting import Head, Slots
from interfaces.services import Services

MOST_SNAPSHOTS = 4
ROUTERS = (
    view_routes.router,  # its /v1/dossiers comes before the one with a code
    certificate_routes.router,  # its /v1/dossiers/CODE/holder too
    file_routes.router,  # its /v1/dossiers/CODE/files/FILE too
    proof_routes.router,  # its /v1/dossiers/CODE/facts/N/proof too
    dossier_routes.router,
    public_routes.router,
    citizen_routes.router,
    store_routes.router,
    catalogue_routes.router,
    registry_routes.router,
    organisation_routes.router,
    handover_routes.router,
    absence_routes.router,
    coordination_routes.router,
    obstacle_routes.router,
    papers_routes.router,
    linked_routes.router,
    voice_routes.router,
    flow_routes.router,
    anomaly_routes.router,
    feed_routes.router,
    tlog_routes.router,
    operations.router,
    pages.router,
)
ABOUT = """An event-sourced ledger for government dossiers.

Commands need an `Idempotency-Key`; where an officer acts on a dossier, `If-Match` carries the revision that
was read. Errors are problem+json with a stable `type`. Times are RFC 3339 with zone. What a command's answer
says is recorded; reads take `min_position` and wait until that position is shown."""


def create_app(services: Services) -> FastAPI:
    """The application for one ledger, on the event loop that opened `services`.

    A demo ledger is served on the loopback only: other peers get 403 whatever address it was bound to.
    """
    app = FastAPI(
        title="hoso",
        version=version("hoso"),
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(only_known)],
    )
    app.state.services = services
    app.state.metrics = Metrics()
    app.state.lookups = LookupLimiter()
    app.state.head = Head(services.ledger.recorder)
    app.state.districts = Districts()
    app.state.references = {}  # language to the page
    app.state.snapshots = Slots(MOST_SNAPSHOTS)
    install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(
        Limited,
        body_limit=services.settings.body_limit,
        file_limit=services.settings.file_max_bytes,
        loopback_only=services.demo,
        metrics=app.state.metrics,
    )
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]
    return app


def openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once, with the problem's schema and without FastAPI's own error bodies."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["ProblemBody"] = ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        describe(document)
        app.openapi_schema = document
    return app.openapi_schema
