"""What gets fewer bits in a quantized file, and the pictures on which ranges are found."""
