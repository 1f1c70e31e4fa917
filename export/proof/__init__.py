"""Whether a file is the network it was made from: cases, comparisons, and what else is checked."""
