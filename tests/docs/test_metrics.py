"""Every metric is on the page that says what to watch."""

from pathlib import Path

from prometheus_client import REGISTRY

import signalbook.app  # noqa: F401  # registers them

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "monitor.md"


def test_every_metric_is_explained():
    text = PAGE.read_text(encoding="utf-8")
    known = {family.name for family in REGISTRY.collect() if family.name.startswith("signalbook_")}

    missing = sorted(name for name in known if f"`{name}" not in text)
    assert known
    assert missing == [], f"tell of {missing} in {PAGE.name}"
