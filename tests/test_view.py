import numpy as np
import pytest

from index import view_training
from index.dense import Dense
from index.view import Fitting, View

CHANCE = np.random.default_rng(5)
WIDTH, TOLD = 12, 3


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def crowd():
    """60 points of five questions each: what tells them apart lies in three dimensions, and nine of noise drown it."""
    points = np.repeat(np.arange(60), 5)
    vectors = CHANCE.standard_normal((len(points), WIDTH))
    vectors[:, :TOLD] = 1.5 * CHANCE.standard_normal((60, TOLD))[points] + 0.1 * CHANCE.standard_normal((len(points), TOLD))
    return view_training.neighbours(unit(vectors), points, np.ones(len(points), bool), 40)


def test_what_is_learned_finds_the_points_that_were_held_out(crowd):
    apart = crowd.points[crowd.questions] >= 40
    unseen, matrix = crowd.some(apart), view_training.learned(crowd.some(~apart), epochs=800)
    assert unseen.hits(matrix) > unseen.hits() + 0.2


def test_a_question_is_no_neighbour_of_itself_and_one_that_stands_alone_is_not_asked():
    vectors = unit(np.array([[1, 0], [1, 0.1], [0, 1], [-1, 0]]))
    found = view_training.neighbours(vectors, np.array([0, 0, 1, 2]), np.array([True, True, True, False]), 2)
    assert found.questions.tolist() == [0, 1]
    assert all(question not in near for question, near in zip(found.questions, found.near, strict=True))


def test_passages_fit_as_their_turned_vectors_do_and_cosines_stay(crowd):
    offsets = np.full(6, -0.02, np.float32)
    dense = Dense.build(crowd.vectors[:6], [2, 4], offsets)
    view = View(CHANCE.standard_normal((WIDTH, WIDTH)).astype(np.float32), 0.4, 0.5, "any")
    question = crowd.vectors[7]
    fitting = Fitting(dense, view)
    for _ in range(2):  # the second time lengths are remembered
        both = np.concatenate(fitting.scores(question, [0, 1]), axis=1)
        assert both[0] == pytest.approx(crowd.vectors[:6] @ question - 0.02, abs=0.01)
        assert both[1] == pytest.approx(0.5 + 0.4 * (view.turned(crowd.vectors[:6]) @ view.turned(question)) - 0.02, abs=0.01)


def test_without_a_view_passages_fit_by_cosine(crowd):
    (both,) = Fitting(Dense.build(crowd.vectors[:3], [3], np.zeros(3, np.float32)), None).scores(crowd.vectors[0], [0])
    assert both[0] == pytest.approx(both[1])
    assert both[0, 0] == pytest.approx(1, abs=0.01)


def test_a_view_is_read_as_it_was_written(tmp_path, crowd):
    view = View(np.eye(WIDTH, dtype=np.float32) * 2, 0.4, 0.5, "some-embedder")
    view.save(tmp_path / "view.npz")
    known = View.read(tmp_path / "view.npz")
    assert (known.slope, known.level, known.embedder) == (0.4, 0.5, "some-embedder")
    assert known.turned(crowd.vectors[:2]) == pytest.approx(crowd.vectors[:2])


def test_the_shipped_view_is_for_the_embedder_that_ships():
    from index.embed import E5

    view = View.read()
    assert (view.embedder, view.matrix.shape) == (E5.name, (E5.dimension, E5.dimension))
