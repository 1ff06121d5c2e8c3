"""What gateways load: the bundle and the export."""
