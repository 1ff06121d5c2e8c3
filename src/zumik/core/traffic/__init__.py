"""What logs say of many requests: the calls that they list, and what is counted over them."""
