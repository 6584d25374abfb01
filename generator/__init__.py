"""Pure stages from YAML text to a release: parse, validate, check, compile, render, plan."""
