"""The toolkit of the end-to-end tests."""
