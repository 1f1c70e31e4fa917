"""What measurements come to: statistics, validity, comparison with older ones, storage."""
