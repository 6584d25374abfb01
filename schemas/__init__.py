"""The shape of the input and the types of diagnostics; Pydantic only."""
