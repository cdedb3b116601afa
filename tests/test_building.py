from __future__ import annotations

import lantern

from evals import building


def test_a_build_is_measured_against_the_embedder_on_the_same_texts(tmp_path):
    asked = []

    class Watched(lantern.TokenHashes):
        def passages(self, texts):
            asked.extend(texts)
            return super().passages(texts)

    found = building.measured(tmp_path, 40, Watched())
    assert found["articles"] == 40
    assert len(set(asked)) == 40
    assert [asked.count(text) for text in set(asked)].count(2) == 40 - building.BATCH
    assert 0 < found["ratio"] < 1
