"""What can go wrong for a person at a terminal, apart from a rejected configuration: one exit code each.

Exit codes: 0 ok · 1 a bug of ours · 2 usage · 3 rejected · 4 changes · 5 nothing runs · 6 taken. `schemas.diagnostics.Rejected` is 3 too.
"""


class PorticoError(Exception):
    """A failure that is not a bug. `message` is one sentence, `hint` what to do about it, both without any secret."""

    exit_code: int = 3

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class StateUnusable(PorticoError):
    """The state directory cannot hold what it must: wrong permissions, or a path too long for its sockets."""

    exit_code = 3


class ReleaseDamaged(PorticoError):
    """A stored release is not, byte for byte, what it was named after."""

    exit_code = 3


class CannotStart(PorticoError):
    """A program is missing, or refused what it was given, before anything served."""

    exit_code = 3


class NotRunning(PorticoError):
    """No daemon runs in the state directory."""

    exit_code = 5


class ResourceTaken(PorticoError):
    """A port or the state directory belongs to another process."""

    exit_code = 6
