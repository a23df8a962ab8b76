"""Is it there, may it get traffic, what does it count: asked by machines, answered in the open."""

import asyncio

import psycopg

from signalbook.kit import migrate
from signalbook.kit.db import Database, PoolSizes
from signalbook.web import health
from tests import cluster


async def test_a_server_that_is_there_says_so(http):
    answer = await http.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_server_with_its_database_is_ready(http):
    answer = await http.get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


async def test_metrics_are_prometheus_text_and_name_nobody(http, api):
    await api.post("/api/v1/contacts", json={"email": "ada@example.com"})

    answer = await http.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "signalbook_http_requests_total{" in answer.text
    assert "signalbook_writer_batch_changes_bucket{" in answer.text
    assert "ada" not in answer.text


async def test_without_its_database_a_server_is_not_ready(dsn):
    gone = Database(dsn, PoolSizes(read=1, write=1))
    await gone.open()
    await gone.close()

    assert await health.not_ready_because(gone) == "the database is down"


async def test_a_database_that_hangs_is_not_ready(dsn, monkeypatch):
    monkeypatch.setattr(health, "READY_WITHIN_SECONDS", 0.1)
    busy = Database(dsn, PoolSizes(read=1, write=1))
    await busy.open()
    async with busy.read():
        reason = await health.not_ready_because(busy)
    await busy.close()

    assert reason == "the database does not answer within 0.1 seconds"


async def test_a_database_behind_on_migrations_is_not_ready(server, worker_id):
    address = cluster.new_database(server, f"signalbook_behind_{worker_id}")
    await asyncio.to_thread(migrate.apply, address)
    with psycopg.connect(address, autocommit=True) as conn:
        conn.execute("DELETE FROM schema_migrations WHERE version = 2")
    behind = Database(address, PoolSizes(read=1, write=1))
    await behind.open()
    reason = await health.not_ready_because(behind)
    await behind.close()

    assert reason == "migrations are pending, first 0002_contacts.sql"
