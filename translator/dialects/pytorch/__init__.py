"""PyTorch: an `nn.Module` source file, and its weights as safetensors."""

from translator.dialect import Dialect

DIALECTS = (Dialect("pytorch", "PyTorch source with .safetensors", folder="pytorch"),)
