import numpy as np

from index.cache import SEED, key
from index.embed import E5
from index.seed import seed_texts


def test_every_passage_of_our_own_has_its_vector_in_the_seed() -> None:
    """After digests, guides or exemplars change: `shezu index build`, then `shezu index seed`."""
    with np.load(SEED) as data:
        kept = {bytes(k) for k in data["keys"]}
    missing = [text for kind, text in seed_texts() if key(E5.name, kind, text) not in kept]
    assert missing == []
