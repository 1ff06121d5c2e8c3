"""The pages, built and kept current."""
