"""`python -m zumik`: the command line without the installed script."""

from zumik.cli.main import main

if __name__ == "__main__":
    main()
