"""Stock and flow over HTTP: per agency and day, for auditors and operators."""

from __future__ import annotations

from tests.http.client import Api
from tests.http.test_commands import assert_problem
from tests.office.world import DISTRICT

DAY = "/v1/flow?from=2025-06-01&until=2025-06-02"


async def test_the_six_numbers_of_a_day_page_by_page(api: Api) -> None:
    filed = await api.filed()
    page = await api.get(f"{DAY}&min_position={filed['position']}", api.operator)
    assert page.status_code == 200, page.text
    (mine,) = [row for row in page.json()["items"] if row["identifier"] == DISTRICT]
    assert (mine["opening"], mine["received"], mine["open"], mine["handed_out"]) == (0, 1, 1, 0)
    assert page.json()["waiting_for"] == []
    one = (await api.get(f"{DAY}&agency={mine['agency']}", api.operator)).json()
    assert one["items"] == [mine]

    seen: list[str] = []
    cursor = ""
    for _ in range(20):
        body = (await api.get(f"{DAY}&limit=2{cursor}", api.operator)).json()
        seen += [row["agency"] for row in body["items"]]
        if body["next"] is None:
            break
        cursor = f"&cursor={body['next']}"
    assert seen == [row["agency"] for row in page.json()["items"]]


async def test_a_clerk_may_not_and_a_period_that_is_none_is_refused(api: Api) -> None:
    assert (await api.get(DAY, api.desk)).status_code == 403
    backwards = await api.get("/v1/flow?from=2025-06-02&until=2025-06-01", api.operator)
    assert_problem(backwards, 422, "urn:hoso:bad_period")
