"""Tests that share something stay on one worker, as `xdist_group` says."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one worker")
@pytest.mark.xdist_group("together")
def test_the_scheduler_knows_of_a_group(request: pytest.FixtureRequest):
    assert request.node.nodeid.endswith("@together")
