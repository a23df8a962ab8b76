"""What the application holds and a handler asks for by name."""

from typing import TypeAlias

from litestar.di import NamedDependency

from signalbook.kit.config import Settings
from signalbook.kit.db import Database

TheDb: TypeAlias = NamedDependency[Database]
TheSettings: TypeAlias = NamedDependency[Settings]
