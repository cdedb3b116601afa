"""The one exception family of the index layer; every message is Chinese and names the thing and the way out."""


class IndexProblem(Exception):
    """A release cannot be built, read or switched."""


class NoEmbedder(IndexProblem):
    """The wanted embedding model is not usable on this machine."""


class NoRelease(IndexProblem):
    """There is no release to serve yet."""


class BadRelease(IndexProblem):
    """A release's files do not match what its manifest says."""


class BuildInProgress(IndexProblem):
    """Another process is building a release of the same home."""


class BadKey(IndexProblem):
    """A key that releases are signed or checked with cannot be used."""


class BadArchive(IndexProblem):
    """A release archive is not what a trusted office signed, or cannot be written."""
