"""What people edit, and what importers write for them: policy, catalog, metrics."""
