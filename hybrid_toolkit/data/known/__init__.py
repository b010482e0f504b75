"""What is known of the names, codes, stand-ins and units that English authorities' systems write."""
