from __future__ import annotations

import shutil

import lantern

from evals import building


def test_a_build_is_measured_against_the_embedder_inside_it(tmp_path):
    found = building.measured(tmp_path, 40, lantern.TokenHashes())
    assert found["articles"] == 40
    assert 0 < found["ratio"] < 1
    assert found["build_per_cpu_s"] < found["bare_per_cpu_s"]


def test_after_one_change_only_what_changed_is_embedded(lantern_home, tmp_path, monkeypatch):
    shutil.copytree(lantern_home, tmp_path / "home", symlinks=True)
    monkeypatch.setattr("index.release.shipped_knowledge", lantern.knowledge)
    found = building.changed(tmp_path / "home", lantern.TokenHashes())
    assert found["embedded"] == 1 < found["passages"]
    assert found["cpu_s"] > 0
