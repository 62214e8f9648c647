"""`python -m dangjian_score` is the command `dangjian`."""

from dangjian_score.cli.app import run

if __name__ == "__main__":
    run()
