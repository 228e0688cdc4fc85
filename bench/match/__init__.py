# Us beside the peers on the same normalised columns; `python bench/match/run.py` is the command.
