"""One limit over several hosts, in a real Redis."""

import asyncio

import redis.asyncio

from signalbook.web.limits import Limiter, Policy
from tests.redis_server import redis_server

POLICY = Policy("upload", 50, 60, 50)


async def test_two_hosts_share_one_limit(redis_url, tmp_path):
    hosts = [Limiter(tmp_path / name, redis_url) for name in ("one", "two")]
    seen = await asyncio.gather(*(hosts[n % 2].admit(POLICY, 71) for n in range(80)))
    last = await hosts[0].admit(POLICY, 71)
    for host in hosts:
        await host.close()

    assert sum(one.allowed for one in seen) == 50
    assert not last.allowed
    assert last.retry_after_seconds
    assert 55 <= last.retry_after_seconds <= 61


async def test_what_another_host_refused_does_not_fill_the_window_here(redis_url, tmp_path):
    hosts = [Limiter(tmp_path / name, redis_url) for name in ("one", "two")]
    policy = Policy("short", 5, 2, 5)
    for _ in range(5):
        assert (await hosts[0].admit(policy, 72)).allowed
    for _ in range(20):
        assert not (await hosts[1].admit(policy, 72)).allowed
    await asyncio.sleep(2.2)
    assert (await hosts[1].admit(policy, 72)).allowed
    for host in hosts:
        await host.close()


async def test_the_remaining_calls_are_those_of_all_hosts(redis_url, tmp_path):
    hosts = [Limiter(tmp_path / name, redis_url) for name in ("one", "two")]
    await hosts[0].admit(POLICY, 73)
    assert (await hosts[1].admit(POLICY, 73)).remaining == 48
    for host in hosts:
        await host.close()


async def test_without_redis_each_host_counts_for_itself(tmp_path):
    down = Limiter(tmp_path / "one", "redis://127.0.0.1:1/0")
    seen = [await down.admit(POLICY, 74) for _ in range(60)]
    await down.close()
    assert sum(one.allowed for one in seen) == 50


async def test_a_redis_that_dies_leaves_the_count_of_this_host(tmp_path):
    with redis_server(tmp_path) as address:
        limiter = Limiter(tmp_path / "one", address)
        for _ in range(30):
            assert (await limiter.admit(POLICY, 76)).allowed
    seen = [await limiter.admit(POLICY, 76) for _ in range(30)]
    await limiter.close()
    assert [one.allowed for one in seen] == [True] * 20 + [False] * 10


async def test_an_unlimited_account_never_asks_redis(redis_url, tmp_path):
    limiter = Limiter(tmp_path, redis_url)
    await limiter.admit(Policy("upload", 10**9, 60, 10**9), 75)
    await limiter.close()
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert not [key for key in await client.keys() if "/75/" in str(key)]
