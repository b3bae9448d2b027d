"""Scripts that make the models shipped with the project; no part of the product imports them."""
