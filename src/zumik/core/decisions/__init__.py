"""Which model answers and why: the decision, its log line, its replay, its explanation."""
