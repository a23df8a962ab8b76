"""What a limit says in headers, and what it does without Redis."""

from signalbook.web import limits
from signalbook.web.limits import Allowance, Limiter, Policy

SOFT = Policy("upload", 3, 60, 6)


async def test_the_headers_say_the_limit_twice(tmp_path):
    limiter = Limiter(tmp_path, None, clock=lambda: 1_800_000_000.05)
    allowance = await limiter.admit(Policy("upload", 60, 60, 60), 1)
    await limiter.close()

    told = dict(limits.headers(allowance))
    assert told[b"x-ratelimit-limit"] == b"60"
    assert told[b"x-ratelimit-remaining"] == b"59"
    assert int(told[b"x-ratelimit-reset"]) > 1_700_000_000
    assert told[b"ratelimit-policy"] == b'"upload";q=60;w=60'
    assert told[b"ratelimit"] == b'"upload";r=59;t=60'


async def test_a_soft_limit_lets_twice_as_much_pass_and_says_so(tmp_path):
    limiter = Limiter(tmp_path, None)
    seen = [await limiter.admit(SOFT, 1) for _ in range(7)]
    await limiter.close()

    assert [one.allowed for one in seen] == [True] * 6 + [False]
    assert [one.over_soft for one in seen] == [False] * 3 + [True] * 3 + [False]
    assert [one.remaining for one in seen] == [2, 1, 0, 0, 0, 0, 0]
    assert {one.limit for one in seen} == {3}


async def test_a_refusal_says_when_to_come_back(tmp_path):
    limiter = Limiter(tmp_path, None)
    policy = Policy("upload", 1, 60, 1)
    await limiter.admit(policy, 1)
    refused = await limiter.admit(policy, 1)
    await limiter.close()

    assert not refused.allowed
    assert refused.retry_after_seconds in {60, 61}
    assert refused.reset_seconds == 60


def test_an_allowance_of_the_unlimited_still_parses():
    allowance = Allowance(
        limit=limits.UNLIMITED,
        remaining=limits.UNLIMITED - 1,
        reset_seconds=60,
        retry_after_seconds=None,
        policy_name="api",
        window_seconds=3600,
        allowed=True,
        over_soft=False,
    )
    told = dict(limits.headers(allowance))
    assert told[b"x-ratelimit-limit"] == b"1000000000"
