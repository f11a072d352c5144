"""`python -m whylow.demo N FILE.csv`: write made questions, for those who have no data."""

from __future__ import annotations

import argparse

from whylow.demo import describe, made_questions, write_csv


def main(arguments: list[str] | None = None) -> None:
    """Write `N` made questions to a new CSV file; what they are goes to standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m whylow.demo",
        description="Write made English-like questions, about 6 %% of them loaded, "
        "with the columns question_text and target.",
    )
    parser.add_argument("rows", metavar="N", type=int, help="how many questions")
    parser.add_argument("file", metavar="FILE.csv", help="a file that does not exist yet")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other questions")
    options = parser.parse_args(arguments)
    if options.rows < 1:
        parser.error(f"N is the number of questions, at least 1. Received: {options.rows}.")
    questions = made_questions(options.rows, seed=options.seed)
    try:
        write_csv(questions, options.file)
    except FileExistsError:
        parser.error(f"{options.file} exists and is left as it is. Give another file name.")
    except OSError as error:
        parser.error(f"{options.file} cannot be written: {error.strerror}.")
    parser.exit(0, describe(questions) + f"\n\nWritten to {options.file}.\n")


if __name__ == "__main__":
    main()
