"""Everything that touches the world: files, processes, sockets, the terminal."""

__version__ = "0.1.0"
