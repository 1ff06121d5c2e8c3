"""What a change would do, and what a check found: for the person who decides."""
