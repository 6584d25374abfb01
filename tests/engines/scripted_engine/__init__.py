"""A fake OpenAI-compatible engine that does what a test tells it to, and remembers the bytes it received."""
