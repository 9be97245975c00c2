"""The JSON Schema of designs."""
