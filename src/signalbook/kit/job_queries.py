"""The statements about the queue: Procrastinate's tables, and its functions where one will do.

`worker_id` and `attempts` together are the token of a lease: a job that is given to somebody else
has another worker, or one more attempt. Time is the database's, as the clocks of two machines may
differ.
"""

from collections.abc import Sequence
from typing import Any, Final, LiteralString, NamedTuple

from signalbook.kit.db import Jsonb, Row, Tx

PROGRESS: Final = "~progress"
"""Beside an order's own arguments: the number of the attempt that last got on with it."""


class Taken(NamedTuple):
    """A job as it is given to a worker."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    progress: int
    worker_id: int


async def defer(tx: Tx, task: str, lock: str | None, arguments: Jsonb) -> None:
    """Put an order into the queue of its kind."""
    await tx.value(
        """
        SELECT procrastinate_defer_jobs_v1(
               ARRAY[ROW(%(task)s, %(task)s, 0, %(lock)s, NULL, %(arguments)s, NULL)
                     ::procrastinate_job_to_defer_v1])
        """,
        {"task": task, "lock": lock, "arguments": arguments},
    )


async def register(tx: Tx) -> int:
    """Make a worker, and give its id, which no other ever gets."""
    return int(await tx.value("SELECT procrastinate_register_worker_v1()"))


async def unregister(tx: Tx, worker_id: int) -> None:
    """Forget a worker; what it still holds is anybody's."""
    await tx.execute("SELECT procrastinate_unregister_worker_v1(%(id)s)", {"id": worker_id})


async def touch(tx: Tx, worker_id: int) -> int:
    """Beat a worker's heart; return 0 where others have buried it."""
    return await tx.execute(
        "UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp() WHERE id = %(id)s",
        {"id": worker_id},
    )


async def silence(tx: Tx) -> int:
    """Take every worker for dead, whenever its heart last beat."""
    return await tx.execute("UPDATE procrastinate_workers SET last_heartbeat = '-infinity'")


async def reclaim(tx: Tx, worker_id: int, working_on: Sequence[int]) -> int:
    """Give back what this very worker holds and has no lane working on.

    It could not finish that, as when the database was away.
    """
    return await tx.execute(
        """
        UPDATE procrastinate_jobs
           SET status = 'todo', attempts = attempts + 1, worker_id = NULL
         WHERE worker_id = %(worker_id)s AND status = 'doing'
           AND id <> ALL(%(working_on)s::bigint[])
        """,
        {"worker_id": worker_id, "working_on": list(working_on)},
    )


async def fetch(tx: Tx, worker_id: int, tasks: Sequence[str]) -> Taken | None:
    """Take the oldest job of these kinds that is due and whose lock nobody holds."""
    rows = await tx.rows(
        """
        SELECT id, task_name, args - %(progress)s::text, attempts,
               coalesce((args->>%(progress)s::text)::int, 0)
          FROM procrastinate_fetch_job_v2(%(tasks)s::varchar[], %(worker_id)s)
         WHERE id IS NOT NULL
        """,
        {"tasks": list(tasks), "worker_id": worker_id, "progress": PROGRESS},
    )
    if not rows:
        return None
    id, task, arguments, attempts, progress = rows[0]
    return Taken(id, task, arguments, attempts, progress, worker_id)


async def bound_silence(tx: Tx, seconds: float) -> None:
    """Let the server end this transaction when its client falls silent.

    Between two statements that is the idle time. In the middle of one that was half sent no idle
    time counts, and only PostgreSQL 17 and newer can bound the transaction itself.
    """
    await tx.execute(
        """
        SELECT set_config('idle_in_transaction_session_timeout', %(short)s, true),
               CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL
                    THEN set_config('transaction_timeout', %(long)s, true)
               END
        """,
        {"short": f"{round(seconds * 1000)}ms", "long": f"{round(seconds * 8000)}ms"},
    )


async def share(tx: Tx, job_id: int, worker_id: int, attempts: int) -> int | None:
    """Keep a job held until the transaction ends, beside others who do; return its progress.

    None where it is no longer held. Nobody can finish or give it back meanwhile.
    """
    return await _first(
        tx,
        """
        SELECT coalesce((args->>%(progress)s::text)::int, 0)
          FROM procrastinate_jobs
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
           FOR SHARE
        """,
        job_id,
        worker_id,
        attempts,
    )


async def advance(tx: Tx, job_id: int, worker_id: int, attempts: int) -> int | None:
    """Do as `share`, for one at a time, and note that this attempt got on."""
    return await _first(
        tx,
        """
        UPDATE procrastinate_jobs
           SET args = args || jsonb_build_object(%(progress)s::text, attempts)
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
     RETURNING attempts
        """,
        job_id,
        worker_id,
        attempts,
    )


async def own(tx: Tx, job_id: int, worker_id: int, attempts: int) -> int | None:
    """Wait for whoever shares a job, then keep it alone until the transaction ends."""
    return await _first(
        tx,
        """
        SELECT coalesce((args->>%(progress)s::text)::int, 0)
          FROM procrastinate_jobs
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
           FOR NO KEY UPDATE
        """,
        job_id,
        worker_id,
        attempts,
    )


async def finish(tx: Tx, job_id: int, status: str) -> None:
    """End a job; what succeeded needs no row any more."""
    await tx.execute(
        """
        SELECT procrastinate_finish_job_v1(
               %(job_id)s, %(status)s::procrastinate_job_status, %(status)s = 'succeeded')
        """,
        {"job_id": job_id, "status": status},
    )


async def give_back(
    tx: Tx, job_id: int, worker_id: int, attempts: int, seconds: float, *, is_counted: bool
) -> None:
    """Let a job that is still held be taken again after so many seconds."""
    await tx.execute(
        """
        UPDATE procrastinate_jobs
           SET status = 'todo',
               worker_id = NULL,
               attempts = attempts + %(counted)s,
               scheduled_at = clock_timestamp() + make_interval(secs => %(seconds)s)
         WHERE id = %(job_id)s AND worker_id = %(worker_id)s AND attempts = %(attempts)s
           AND status = 'doing'
        """,
        {
            "job_id": job_id,
            "worker_id": worker_id,
            "attempts": attempts,
            "counted": int(is_counted),
            "seconds": seconds,
        },
    )


async def rescue(tx: Tx, dead_seconds: float) -> list[Row]:
    """Give back the jobs of workers that are dead or gone; return (id, task).

    A job that is just being committed is left alone, until the next time.
    """
    return await tx.rows(
        """
          WITH orphaned AS (
               SELECT j.id
                 FROM procrastinate_jobs AS j
            LEFT JOIN procrastinate_workers AS w
                   ON w.id = j.worker_id
                WHERE j.status = 'doing'
                  AND (w.id IS NULL
                       OR w.last_heartbeat
                          < clock_timestamp() - make_interval(secs => %(seconds)s))
                  FOR NO KEY UPDATE OF j SKIP LOCKED)
        UPDATE procrastinate_jobs AS j
           SET status = 'todo', attempts = j.attempts + 1, worker_id = NULL
          FROM orphaned
         WHERE j.id = orphaned.id
     RETURNING j.id, j.task_name
        """,
        {"seconds": dead_seconds},
    )


async def bury(tx: Tx, dead_seconds: float) -> int:
    """Forget dead workers that hold no job any more.

    One that does is kept: to forget it clears its name from the job's row, which waits for whoever
    is just committing that job.
    """
    return await tx.execute(
        """
        DELETE FROM procrastinate_workers AS w
         WHERE w.last_heartbeat < clock_timestamp() - make_interval(secs => %(seconds)s)
           AND NOT EXISTS (
               SELECT
                 FROM procrastinate_jobs AS j
                WHERE j.worker_id = w.id AND j.status = 'doing')
        """,
        {"seconds": dead_seconds},
    )


async def _first(
    tx: Tx, statement: LiteralString, job_id: int, worker_id: int, attempts: int
) -> int | None:
    token = {"job_id": job_id, "worker_id": worker_id, "attempts": attempts}
    return await tx.value(statement, {**token, "progress": PROGRESS})
