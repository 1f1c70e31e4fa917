"""What a converter gets wrong or lacks, said to it in operations that it has.

`program` puts one operation in another's place and proves that it is the same function; `forms` has
the other ways to say things, `rules` says which operations need them in which format.
"""
