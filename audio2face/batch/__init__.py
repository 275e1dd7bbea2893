"""A studio's lines: listed, planned, made by workers, kept in a ledger, judged and reported."""
