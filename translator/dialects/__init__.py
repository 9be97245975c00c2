"""One folder for each framework; none knows another."""
