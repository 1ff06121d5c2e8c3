"""The same reader on the workers of Spark."""
