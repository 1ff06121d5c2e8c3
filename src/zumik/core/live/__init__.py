"""What is live: pointers, drains, and the bundle that carries both to a gateway."""
