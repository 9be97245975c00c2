"""Names that layers, tensors and classes may bear in an `nn.Module`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from translator.naming import Names, class_name, identifier

MODULE = frozenset(
    """
    T_destination _apply _backward_hooks _backward_pre_hooks _buffers _call_impl _compiled_call_impl _forward_hooks
    _forward_hooks_always_called _forward_hooks_with_kwargs _forward_pre_hooks _forward_pre_hooks_with_kwargs
    _get_backward_hooks _get_backward_pre_hooks _get_name _is_full_backward_hook _load_from_state_dict
    _load_state_dict_post_hooks _load_state_dict_pre_hooks _maybe_warn_non_full_backward_hook _modules _named_members
    _non_persistent_buffers_set _parameters _register_load_state_dict_pre_hook _register_state_dict_hook
    _replicate_for_data_parallel _save_to_state_dict _slow_forward _state_dict_hooks _state_dict_pre_hooks _version
    _wrapped_call_impl add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
    eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905  (one name a line would fill a page)
)
"""Attributes of every `nn.Module`, which a layer must not hide."""

LOCAL = frozenset(["self", "torch", "nn", "F", "Tensor", "super"])
"""What `forward` needs under its own name."""


class Attributes(Names):
    """Gives layers names as attributes of a module."""

    def of(self, thing: Any, name: str) -> str:
        plain = identifier(name)
        # Python changes names that begin with two underscores within a class.
        plain = re.sub("^__+", "_", plain)
        return super().of(thing, f"{plain}_" if plain in MODULE else plain)


def model_class(name: str, taken: Iterable[str]) -> str:
    """Return a name for the model's class that no class or module beside it has."""
    plain = class_name(name)
    return f"{plain}Net" if plain in LOCAL.union(taken) else plain


def printable(words: str) -> str:
    """Return words as they can stand in a docstring."""
    plain = "".join(char if char.isprintable() else " " for char in words)
    return " ".join(plain.replace("\\", "\\\\").replace('"""', "'''").split())
