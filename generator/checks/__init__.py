"""One rule per file; this list is the only place that knows them all. A rule returns findings and prints nothing."""

from generator.checks import unknown_provider
from generator.checks.subject import Check

ALL_CHECKS: tuple[Check, ...] = (unknown_provider.CHECK,)
"""Every rule, in the order in which they run."""
