"""The stages of the pipeline, one file each, in the order of assistant/pipeline.py."""
