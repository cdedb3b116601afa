"""The one exception family of the index layer; every message is Chinese and names the thing and the way out."""


class IndexProblem(Exception):
    """A release cannot be built, read or switched."""


class NoEmbedder(IndexProblem):
    """The wanted embedding model is not usable on this machine."""


class NoReranker(IndexProblem):
    """The wanted re-ranking model is not usable on this machine."""


class EmbedderSilent(IndexProblem):
    """An embedding service did not answer, or not with usable vectors."""


class OtherEmbedder(IndexProblem):
    """A release was built with another embedder than the one that is set."""


class StoreSilent(IndexProblem):
    """The vector store did not answer, or lacks vectors."""


class NoCollection(IndexProblem):
    """The vector store holds nothing of a release."""


class NoRelease(IndexProblem):
    """There is no release to serve yet."""


class BadRelease(IndexProblem):
    """A release's files do not match what its manifest says."""


class BuildInProgress(IndexProblem):
    """Another process is building a release of the same home."""


class BadKey(IndexProblem):
    """A key that releases are signed or checked with cannot be used."""


class BadParcel(IndexProblem):
    """A release archive or backup is not as its statement says, not signed as it must be, or cannot be written."""


class BadAdapter(IndexProblem):
    """A learned question side cannot be read, or nothing can be learned from what was given."""
