"""The whole gateway under test: real engines, and in front of them `portico up` as a user starts it."""
