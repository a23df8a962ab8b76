"""SES as the truth that we follow, and as what others change: listed, read, taken in."""

from signalbook.connector.pushing import Desk


async def step(desk: Desk) -> bool:
    """Do the next part of following; tell whether there was anything to do."""
    del desk
    return False
