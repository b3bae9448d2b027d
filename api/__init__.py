"""The doors of the product: HTTP, command line, web page, settings, wiring."""
