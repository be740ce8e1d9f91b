"""What is known of every holding, under the names that rules ask for."""
