"""Labelled pictures: a file for each data set, found by its name.

`find` lists and loads them; `dataset` is what each of them returns and what its file has to offer;
`picture_folder` reads anybody's folder with a folder for each class.
"""
