"""portico schema: the JSON Schemas that editors read beside the configuration."""

import json
from pathlib import Path

import click

from portico.cli import output
from portico.cli.command import EXIT_CHANGES, Command, config_option

KINDS = ("providers", "model-mappings", "gateway", "ports")


@click.command(
    "schema",
    cls=Command,
    examples=[
        ("portico schema", "write config/*.schema.json"),
        ("portico schema --check", "fail when they are not what this version writes"),
        ("portico schema --print gateway", "look at one of them"),
    ],
)
@config_option
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit 4 when a file is out of step.")
@click.option("--print", "kind", type=click.Choice(KINDS), help="Print one schema instead of writing any.")
def command(config: Path, *, only_check: bool, kind: str | None) -> int:
    """Write the JSON Schema of each configuration file beside it.

    Editors with a YAML language server complete, explain and check the files with them; their first lines say where
    the schema is.
    """
    from portico.files import shown_path
    from schemas.config import json_schema, schema_file_name
    from schemas.diagnostics import DocumentKind

    if kind is not None:
        if only_check:
            raise click.UsageError("--check and --print do not go together")
        output.json_data(json_schema(DocumentKind(f"{kind}.yaml")))
        return 0
    wanted = {
        config / schema_file_name(document): json.dumps(json_schema(document), indent=2, ensure_ascii=False)
        + "\n"
        for document in DocumentKind
    }
    drifted = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in drifted:
        output.data(shown_path(path))
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
    if only_check and drifted:
        output.talk(f"{len(drifted)} of {len(wanted)} schemas are out of step; `portico schema` writes them")
        return EXIT_CHANGES
    output.talk(
        f"{len(drifted)} of {len(wanted)} schemas written" if drifted else f"{len(wanted)} schemas in step"
    )
    return 0
