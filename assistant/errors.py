"""The exception family of the language model behind the assistant; every message is Chinese."""


class ModelProblem(Exception):
    """Something about the language model of an office."""


class NoModelPackage(ModelProblem):
    """A model is configured, but the package that talks to it is not installed."""


class ModelFailed(ModelProblem):
    """The model gave no usable answer to this question: too late, broken off, refused, or not borne out by the sources."""
