"""The one exception family of the corpus layer; every message is Chinese and names the thing and the way out."""


class CorpusError(Exception):
    """Something in a text, digest, guide or catalog cannot be used as it is."""


class UnreadableFile(CorpusError):
    """The file cannot be turned into text (empty, binary, too large, unsafe archive, unknown kind)."""


class NotAText(CorpusError):
    """The file is readable but is a list or index, not an instrument; imports skip it and say so."""


class InexactText(CorpusError):
    """Parsed pieces do not add up to the text, or its numbering has a gap or a repetition."""


class ImportInProgress(CorpusError):
    """Another process is importing into the same folder."""


class UnknownLaw(CorpusError):
    """No law of that name, alias or slug is in the catalog or among the imported texts."""


class BadKnowledge(CorpusError):
    """A catalog, digest or guide file breaks its schema."""


class NotFetched(CorpusError):
    """An official text did not come from its site; `pause` where that site wants no more requests in this run."""

    def __init__(self, message: str, *, pause: bool = False) -> None:
        super().__init__(message)
        self.pause = pause
