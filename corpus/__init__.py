"""Files become documents, documents become passages: Chinese text and nothing above it."""
