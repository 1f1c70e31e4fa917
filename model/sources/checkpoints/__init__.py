"""Files of weights: found, read without running anything in them, and put into a network.

`files` says which files a checkpoint is made of and what lies beside it, `pickled` reads those of
torch.save, `state_dict` finds the weights in what a training script saved; `checkpoint` is what
comes of it. `fit` puts one into a network, and where it does not fit, `lookalike` guesses into
which one it would.
"""
