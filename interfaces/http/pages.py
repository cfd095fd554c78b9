"""Two plain pages without scripts or anything from elsewhere: what the ledger did, and how to talk to it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from application import tracking
from application.lookup import VIETNAM
from application.policy import allow
from application.refusals import NotFound, Refused
from interfaces import texts
from interfaces.http import reference_page
from interfaces.http.district_table import DistrictRow, Districts, DistrictTable
from interfaces.http.identity import Works
from interfaces.http.page_texts import PAGE
from interfaces.texts import Language

router = APIRouter(include_in_schema=False)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
Lang = Annotated[str | None, Query(pattern="^(vi|en)$")]


def _language(request: Request, lang: str | None) -> Language:
    if lang is not None:
        return "en" if lang == "en" else "vi"
    return texts.language(request.headers.get("accept-language"))


def _page(request: Request, lang: Language, title: str, body: str, demo: bool) -> Response:
    """The frame that both pages share."""
    other: Language = "en" if lang == "vi" else "vi"
    html = files("interfaces.http").joinpath("page.html").read_text(encoding="utf-8")
    values = {
        "lang": lang,
        "title": escape(title),
        "demo": f'<p class="demo" role="note">{escape(PAGE["demo"][lang])}</p>' if demo else "",
        "body": body,
        "other": other,
        "other_path": f"{escape(request.url.path)}?lang={other}",
        "other_name": escape(PAGE["this_language"][other]),
        "skip": escape(PAGE["skip"][lang]),
        "home": escape(PAGE["home"][lang]),
        "docs": escape(PAGE["docs"][lang]),
    }
    for name, value in values.items():
        html = html.replace("{{" + name + "}}", value)
    return HTMLResponse(html, headers=HEADERS | {"Content-Language": lang})


@router.get("/")
async def home(
    request: Request,
    services: Works,
    lang: Lang = None,
    code: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """The handover's table per district, and a box to look a code up."""
    language = _language(request, lang)
    moment = await services.reader.moment(fresh=False)
    allow(None, "read-docs", moment)
    districts: Districts = request.app.state.districts
    table = await districts.table(services.views.pool, moment)
    found = await _tracked(request, services, code.strip(), language) if code and code.strip() else ""
    body = _search(language, code or "") + found + _table(language, table, districts.seconds)
    return _page(request, language, PAGE["title"][language], body, services.demo)


@router.get("/docs")
async def docs(request: Request, services: Works, lang: Lang = None) -> Response:
    """The API's reference, made from /openapi.json, once for each language."""
    language = _language(request, lang)
    made: dict[Language, str] = request.app.state.references
    if (body := made.get(language)) is None:
        body = made[language] = reference_page.render(request.app.openapi(), language)
    return _page(request, language, PAGE["docs"][language], body, services.demo)


def _search(lang: Language, code: str) -> str:
    return (
        f'<section aria-labelledby="track"><h2 id="track">{escape(PAGE["track"][lang])}</h2>'
        f'<form action="/" method="get"><input type="hidden" name="lang" value="{lang}">'
        f'<label for="code">{escape(PAGE["code"][lang])}</label> '
        f'<input id="code" name="code" maxlength="64" required autocomplete="off" value="{escape(code)}"> '
        f"<button>{escape(PAGE['look_up'][lang])}</button></form></section>"
    )


async def _tracked(request: Request, services: Works, code: str, lang: Language) -> str:
    """What the public may know of this code, as a sentence."""
    request.app.state.lookups.take(request.client.host if request.client else "")
    try:
        found = await tracking.track(services.dossiers, code)
    except (NotFound, Refused):
        return f'<p role="status">{escape(PAGE["no_such_code"][lang].format(code=code))}</p>'
    status = texts.of_status(found.status, lang)
    lines = [f'<p role="status"><strong>{escape(found.code)}</strong>: {escape(status)}</p>']
    if found.desks:
        items = "".join(f"<li>{escape(_desk(desk))}</li>" for desk in found.desks[:200])
        lines.append(f"<p>{escape(PAGE['desks'][lang])}</p><ul>{items}</ul>")
    return "".join(lines)


def _desk(desk: dict[str, Any]) -> str:
    return ", ".join(str(desk[name]) for name in ("name", "address", "hotline", "hours") if desk[name])


def _table(lang: Language, table: DistrictTable, seconds: float) -> str:
    title = escape(PAGE["table"][lang])
    if not table.rows:
        return f"<section><h2>{title}</h2><p>{escape(PAGE['no_handover'][lang])}</p></section>"
    heads = "".join(
        f'<th scope="col">{escape(PAGE[name][lang])}</th>' for name in ("district", *DistrictRow.COUNTS)
    )
    lines = [_row(row.name or PAGE["province"][lang], row.counts) for row in table.rows]
    columns = zip(*(row.counts for row in table.rows), strict=True)
    foot = _row(PAGE["total"][lang], [sum(column) for column in columns])
    if table.again is not None:
        foot += _row(PAGE["again"][lang], table.again.counts)
    at = f"{table.as_of.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S} (UTC+7)"
    note = PAGE["as_of"][lang].format(at=at, seconds=round(seconds))
    return (
        f'<section aria-labelledby="table"><h2 id="table">{title}</h2><p>{escape(note)}</p>'
        '<div class="scroll"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody>"
        f"<tfoot>{foot}</tfoot></table></div></section>"
    )


def _row(name: str, counts: Sequence[int]) -> str:
    cells = "".join(f"<td>{count:,}</td>" for count in counts)
    return f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
