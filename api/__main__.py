"""`python -m api` is the same as `wenju`."""

from api.cli import main

main()
