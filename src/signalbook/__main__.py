"""The program `signalbook`, also as `python -m signalbook`.

Nothing is imported before it is needed: every worker process imports this module again when it is
spawned, and must not load the whole command line for that.
"""


def main() -> None:
    """Run the command line."""
    from signalbook.cli import main as run  # noqa: PLC0415  # see above

    run()


if __name__ == "__main__":
    main()
