"""What each code stands for: a title and why it matters. Texts alone; the rules are beside them."""
