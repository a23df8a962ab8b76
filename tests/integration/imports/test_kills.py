"""An import goes on after whatever is killed, and every row counts once (`make kill-import`)."""

import random

import pytest

from tests.kill.imports import Ordeal, patient_in

ROWS = 20_000
VICTIMS = ("child", "server", "database", "worker", "server", "postmaster")

pytestmark = pytest.mark.xdist_group("serve")


def test_every_row_counts_once_whatever_is_killed(tmp_path):
    random.seed(3)
    with patient_in(tmp_path / "data") as patient:
        ordeal = Ordeal(patient, ROWS, patience=3, pause=0.05)

        ordeal.kill_all(VICTIMS)

        assert ordeal.killed.total() == len(VICTIMS)
        assert ordeal.wait().state == "done"
        assert ordeal.faults() == []
        assert ordeal.unseen_damages() == []
