"""What each writer's entries look like, as data, and the reader that applies it."""
