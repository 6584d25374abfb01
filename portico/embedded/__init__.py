"""The embedded engine: llama.cpp's own HTTP server, run out of the `xllamacpp` wheel as a child process."""

from pathlib import Path

TINY_MODEL: Path = Path(__file__).parent / "model" / "tiny.gguf"
"""The GGUF that ships with Portico for first runs (294 kB; see model/README.md for what it can say)."""
