"""Laws, editions, articles, digests and guides: reading, repairing, parsing, dating and auditing them."""
