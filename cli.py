"""The command `whistle`: assembles what `console` offers. Every module it imports at start must be light."""

import typer

from console import (
    audit,
    backup,
    bring,
    cases,
    dead,
    demo,
    doctor,
    field_keys,
    keys,
    moving,
    places,
    privacy,
    rollup,
    roster,
    routing,
    service,
    telegram,
    webhooks,
)
from console.terminal import Group

app = typer.Typer(
    name="whistle",
    cls=Group,
    help="吹哨 Whistle: from a hazard seen on the street to a case that somebody else has checked is gone.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (service.run, service.bot, service.worker, service.web, service.gateway, service.schedule):
    app.command(rich_help_panel="Run")(command)
for command in (
    service.migrate,
    moving.migrate_data,
    service.settings,
    doctor.doctor,
    privacy.retain,
    backup.backup,
    backup.restore,
):
    app.command(rich_help_panel="Look after the installation")(command)
app.add_typer(bring.app, name="import", rich_help_panel="Bring in")
for group, name in (
    (roster.app, "roster"),
    (routing.app, "route"),
    (keys.app, "key"),
    (keys.sessions, "session"),
    (webhooks.app, "webhook"),
    (privacy.app, "person"),
):
    app.add_typer(group, name=name, rich_help_panel="Who does what")
# A longitude west of Greenwich begins like an option.
app.command(rich_help_panel="Ask", context_settings={"ignore_unknown_options": True})(places.where)
app.command(rich_help_panel="Ask")(cases.replay)
app.add_typer(audit.app, name="audit", rich_help_panel="Ask")
for group, name in (
    (telegram.app, "telegram"),
    (dead.app, "dead"),
    (demo.app, "demo"),
    (rollup.app, "rollup"),
    (field_keys.app, "keys"),
):
    app.add_typer(group, name=name, rich_help_panel="Look after the installation")


def main() -> None:
    """Runs the command line."""
    app()


if __name__ == "__main__":
    main()
