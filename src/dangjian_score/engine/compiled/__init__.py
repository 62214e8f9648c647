"""The fast carrier: a program as one Python function over integers. What it comes to is exact."""
