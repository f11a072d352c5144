"""`python -m whylow`."""

from whylow.cli import main

main()
