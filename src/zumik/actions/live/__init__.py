"""What is live, where and since when: on live_ref, in the work tree, at a date."""
