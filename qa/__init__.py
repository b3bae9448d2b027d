"""A question becomes an answer whose every character is cited."""
