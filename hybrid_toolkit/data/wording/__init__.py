"""What words may not say: who is named, who is ranked or blamed, and what is claimed beyond the evidence."""
