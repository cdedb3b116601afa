"""The FastAPI service, its store, the web page, and the shezu command."""
