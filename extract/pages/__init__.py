"""Pages as words, rules and ink, and where on them figures and tables stand."""
