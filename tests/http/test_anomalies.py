"""Publication and anomalies over HTTP: what is shown with a procedure, what operators and auditors find."""

from __future__ import annotations

from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.http.test_who_may import auditor
from tests.office.test_publication import PROCEDURE, TUESDAY, entry, head, told


async def test_a_procedure_is_shown_with_its_publication_and_listed_by_it(api: Api) -> None:
    assert (await api.get(f"/v1/procedures/{PROCEDURE}")).json()["publication"]["state"] == "unknown"
    await api.office.move_clock(TUESDAY)
    await told(api.office, entry())
    recorded = f"min_position={await head(api.office)}"
    then = await api.get(f"/v1/procedures/{PROCEDURE}?valid_at=2025-06-12&{recorded}")
    shown = then.json()["publication"]
    assert (shown["state"], shown["issuer"], shown["posted_on"]) == ("not_posted", "province", None)
    assert (shown["posting"]["due_on"], shown["posting"]["days_late"]) == ("2025-06-09", 3)
    assert (shown["posting"]["article"], shown["decision"]["state"]) == ("Art 24.2", "on_time")
    listed = (await api.get("/v1/procedures?publication=not_posted")).json()["items"]
    assert [item["code"] for item in listed] == [PROCEDURE]
    assert (await api.get("/v1/procedures?publication=late")).json()["items"] == []
    assert_problem(await api.get("/v1/procedures?publication=soon"), 422, "urn:hoso:invalid_request")


async def test_operators_and_auditors_read_anomalies_page_by_page(api: Api) -> None:
    await api.office.move_clock(TUESDAY)
    await told(api.office, entry())
    filed = [await api.filed() for _ in range(3)]
    codes, cursor = [], ""
    for _ in range(10):
        page = await api.get(f"/v1/anomalies?limit=2{cursor}", api.operator)
        assert page.status_code == 200, page.text
        body = page.json()
        codes += [item["code"] for item in body["items"]]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert codes == [one["code"] for one in filed]
    assert (body["through"], body["head"]) == (filed[-1]["position"], filed[-1]["position"])
    english = (await api.get("/v1/anomalies", await auditor(api))).json()["items"][0]["rules"]
    vietnamese = await api.get("/v1/anomalies", api.operator, {"Accept-Language": "vi"})
    assert english[0]["says"] == "A procedure is publicly posted before dossiers are received under it."
    assert "công khai trước khi tiếp nhận" in vietnamese.json()["items"][0]["rules"][0]["says"]


async def test_anomalies_are_not_everybodys_and_a_cursor_is_one_of_this_list(api: Api) -> None:
    assert_problem(await api.get("/v1/anomalies"), 401, "urn:hoso:no_token")
    assert_problem(await api.get("/v1/anomalies", api.desk), 403, "urn:hoso:role_missing")
    assert_problem(await api.get("/v1/anomalies?cursor=WzEsMl0", api.operator), 422, "urn:hoso:bad_cursor")
    beyond = await api.get("/v1/anomalies?cursor=Wzk5OTk5OV0", api.operator)  # [999999]
    assert_problem(beyond, 409, "urn:hoso:cursor_ahead")
