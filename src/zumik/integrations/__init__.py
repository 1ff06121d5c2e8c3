"""zumik inside other programs. Each module needs the extra of its name."""
