"""The fast carrier: a program compiled to one Python function over integers; its results are exact."""
