"""Diagnostics for other programs: one module per format, each a pure function from diagnostics to text without a final newline."""

from generator.formats.github_text import github_text
from generator.formats.json_text import json_text
from generator.formats.sarif_text import sarif_text

__all__ = ["github_text", "json_text", "sarif_text"]
