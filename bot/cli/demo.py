"""handrail demo."""

import errno

import click


@click.command("demo")
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="Port of the web page.")
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.option("--fresh", is_flag=True, help="Begin again with the fictional service as it was on its first day.")
def command(port: int, no_open: bool, fresh: bool) -> None:
    """Try it with no Slack account.

    Starts a practice workspace on this computer, a web page that behaves as Slack, with a fictional service already
    enrolled and the real app connected to it.
    """
    from bot.cli.stopping import Stopped
    from bot.demo import run_demo

    try:
        run_demo(port=port, open_browser=not no_open, fresh=fresh)
    except Stopped:
        click.echo("The practice workspace is closed. `handrail demo` opens it again where you left it.")
    except OSError as why:
        if why.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"Port {port} is in use. Choose another: handrail demo --port {port + 1}") from None
