"""Engines that tests start as real processes. README.md says which part of each is real."""
