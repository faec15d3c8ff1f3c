"""The report as a document: what it says, and the renderers that show it."""
