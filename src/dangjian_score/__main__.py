"""`python -m dangjian_score` is the command `dangjian`."""

from typing import NoReturn

from dangjian_score.cli.ending import ending


def run() -> NoReturn:
    """Run the command; a signal ends it well from the first import on."""
    ending.begin()
    from dangjian_score.cli.app import run  # noqa: PLC0415  it takes longest to import

    run()


if __name__ == "__main__":
    run()
