"""What the tests of the API ask again and again."""

import asyncio
from typing import Any

import httpx

IMPORTS = "/api/v1/imports"
PEOPLE = (
    "E-mail,First name,Town,Loyalty points\r\n"
    "ada@example.com,Ada,London,12\r\n"
    "grace@example.com,Grace,New York,80\r\n"
    "nobody at all,Kenji,Kyoto,7\r\n"
)
PATIENCE_SECONDS = 60
MOVING = {"uploading", "checking", "applying", "undoing"}


async def sent(api: httpx.AsyncClient, text: str | bytes = PEOPLE, **query: Any) -> httpx.Response:
    """Send a file as the body itself."""
    raw = text.encode() if isinstance(text, str) else text
    headers = {"Content-Type": "text/csv", **query.pop("headers", {})}
    params = {"name": "people.csv"} | query
    return await api.post(IMPORTS, content=raw, headers=headers, params=params)


async def settled(api: httpx.AsyncClient, id: str) -> dict[str, Any]:
    """Wait until an import has nothing more to do."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found = (await api.get(f"{IMPORTS}/{id}")).json()
            if found["state"] not in MOVING:
                return found
            await asyncio.sleep(0.05)


async def imported(api: httpx.AsyncClient, text: str = PEOPLE, **query: Any) -> dict[str, Any]:
    """Send a file and wait until it is through."""
    answer = await sent(api, text, **query)
    assert answer.status_code == 202, answer.text
    return await settled(api, answer.json()["id"])


async def begun(api: httpx.AsyncClient, name: str = "people.csv", bytes: int = len(PEOPLE)) -> str:
    """Announce a file that is sent in pieces; return the import's id."""
    answer = await api.post(IMPORTS, json={"name": name, "bytes": bytes})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]
