"""``python -m room110``: the same program as the console script."""

from room110.cli import main

main()
