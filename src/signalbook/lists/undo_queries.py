"""The statement by which those whom one import put on lists leave them again."""

from signalbook.kit.db import Tx


async def leave_joined_by(tx: Tx, account_id: int, actor: str) -> int:
    """Take everybody off the lists they joined through one actor; return how many lists."""
    return await tx.execute(
        """
          WITH gone AS (
               DELETE FROM list_members
                WHERE account_id = %(account_id)s AND joined_by = %(actor)s
               RETURNING list_id),
               counted AS (
               SELECT gone.list_id, count(*) AS members FROM gone GROUP BY gone.list_id),
               held AS (
               SELECT l.id, counted.members
                 FROM lists AS l
                 JOIN counted ON counted.list_id = l.id
                WHERE l.account_id = %(account_id)s
                ORDER BY l.id
                  FOR NO KEY UPDATE OF l)
        UPDATE lists AS l
           SET members = l.members - held.members
          FROM held
         WHERE l.account_id = %(account_id)s AND l.id = held.id
        """,
        {"account_id": account_id, "actor": actor},
    )
