"""What people write and what a request asks: catalog, policy, request."""
