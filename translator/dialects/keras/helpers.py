"""Classes that go with emitted source, where Keras has no such layer."""

LRN = '''
@keras.saving.register_keras_serializable()
class LRN(layers.Layer):
    """Divide by (k + alpha / size * sum of squares) ** beta over neighbouring channels."""

    def __init__(self, size=5, alpha=1.0, beta=0.75, k=1.0, **kwargs):
        super().__init__(**kwargs)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def call(self, x):
        squares = ops.pad(ops.square(x), [[0, 0], [0, 0], [0, 0], [self.size // 2, self.size // 2]])
        total = sum(squares[..., i : i + x.shape[-1]] for i in range(self.size))
        return x / ops.power(self.k + self.alpha / self.size * total, self.beta)

    def get_config(self):
        own = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        return {**super().get_config(), **own}
'''.strip()

LRN_CHANNELS_FIRST = LRN.replace(
    "[[0, 0], [0, 0], [0, 0], [self.size // 2, self.size // 2]]",
    "[[0, 0], [self.size // 2, self.size // 2], [0, 0], [0, 0]]",
).replace("squares[..., i : i + x.shape[-1]]", "squares[:, i : i + x.shape[1]]")

HELPERS = {"LRN": {"channels_last": LRN, "channels_first": LRN_CHANNELS_FIRST}}
"""The text of each helper class, by its name and the layout."""
