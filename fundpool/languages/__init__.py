"""Languages of the report: words by gettext catalogue, numbers as their readers write them."""

from fundpool.languages.language import ENGLISH, LANGUAGES, Language, language

__all__ = ["ENGLISH", "LANGUAGES", "Language", "language"]
