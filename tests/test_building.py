from __future__ import annotations

import lantern

from evals import building


def test_a_build_is_measured_against_the_embedder_inside_it(tmp_path):
    found = building.measured(tmp_path, 40, lantern.TokenHashes())
    assert found["articles"] == 40
    assert 0 < found["ratio"] < 1
    assert found["build_per_cpu_s"] < found["bare_per_cpu_s"]
