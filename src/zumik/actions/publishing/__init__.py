"""One change written, committed, put on a branch and proposed."""
