"""A reference interpreter of Core ML programs over torch operations: what a `.mlpackage` computes, where there is no Core ML."""
