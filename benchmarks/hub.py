"""Nets of the packages that people take them from, with seeded weights: timm, transformers, segmentation models, YOLO.

None of the packages is needed for anything else: `pip install --no-deps timm transformers segmentation-models-pytorch
ultralytics`, with what they import. Nothing is downloaded. Nets of language are made small, for nothing of how they
are built depends on their sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Made = tuple[nn.Module, tuple[Tensor, ...]]
TIMM = """
    ghostnet_050 mobilevit_xxs mobilevitv2_050 efficientformer_l1 levit_128s repvgg_a0 mobileone_s0
    edgenext_xx_small fastvit_t8 pvt_v2_b0 poolformer_s12 xcit_nano_12_p8_224 mixer_s32_224 gmlp_ti16_224
    resmlp_12_224 coat_tiny crossvit_tiny_240 pit_ti_224 tnt_s_patch16_224 visformer_tiny volo_d1_224 nest_tiny
    halonet26t botnet26t_256 lambda_resnet26t eca_nfnet_l0 res2net50_26w_4s resnest14d skresnet18 selecsls42
    rexnet_100 tinynet_e mixnet_s lcnet_035 hardcorenas_a hrnet_w18_small dla34 ese_vovnet19b_dw xception41
    gcresnet33ts focalnet_tiny_srf davit_tiny gcvit_xxtiny mvitv2_tiny tiny_vit_5m_224 efficientvit_b0
    efficientvit_m0 mobilenetv4_conv_small repvit_m0_9 hgnetv2_b0 fasternet_t0 starnet_s1 mambaout_femto
    inception_next_atto swiftformer_xs hiera_tiny_224 eva02_tiny_patch14_224 twins_svt_small cait_xxs24_224
    convit_tiny sequencer2d_s caformer_s18 dpn48b cspresnet50 regnetz_b16 tresnet_m vit_tiny_r_s16_p8_224
    swinv2_cr_tiny_224 shvit_s1 rdnet_tiny nextvit_small
"""
SEGMENTATION = "Unet FPN PSPNet DeepLabV3Plus Linknet MAnet PAN UnetPlusPlus Segformer UPerNet"
YOLO = "yolov8n yolov5n yolo11n yolov3-tiny yolov10n yolov8n-seg yolov8n-pose yolov8n-cls yolov6n yolov9t"
TEXT = {"vocab_size": 100, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}
SPEAKS = {**TEXT, "use_cache": False, "max_position_embeddings": 64}
VISION = {**TEXT, "image_size": 64, "patch_size": 16}
STAGES = {"depths": [1, 1, 1, 1], "hidden_sizes": [8, 16, 24, 32]}
PYRAMID = {**STAGES, "decoder_hidden_size": 16, "num_attention_heads": [1, 2, 2, 4]}
BART = {f"{part}_{what}": size for part in ("encoder", "decoder") for what, size in (("layers", 1), ("ffn_dim", 64))}
BART |= {
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "vocab_size": 100,
    "d_model": 32,
    "use_cache": False,
}
MODELS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "BertModel": ("masked", "BertConfig", TEXT),
    "BertForSequenceClassification": ("masked", "BertConfig", TEXT),
    "RobertaModel": ("masked", "RobertaConfig", TEXT),
    "AlbertModel": ("masked", "AlbertConfig", {**TEXT, "embedding_size": 16}),
    "ElectraModel": ("masked", "ElectraConfig", {**TEXT, "embedding_size": 16}),
    "DebertaV2Model": (
        "masked",
        "DebertaV2Config",
        {**TEXT, "relative_attention": True, "pos_att_type": ["p2c", "c2p"]},
    ),
    "MobileBertModel": ("masked", "MobileBertConfig", {**TEXT, "embedding_size": 32, "intra_bottleneck_size": 32}),
    "DistilBertModel": ("masked", "DistilBertConfig", {"vocab_size": 100, "dim": 32, "n_layers": 2, "n_heads": 4}),
    "CLIPTextModel": ("masked", "CLIPTextConfig", {**TEXT, "eos_token_id": 2}),
    "GPT2LMHeadModel": (
        "text",
        "GPT2Config",
        {"vocab_size": 100, "n_embd": 32, "n_layer": 2, "n_head": 4, "use_cache": False},
    ),
    "LlamaForCausalLM": ("text", "LlamaConfig", {**SPEAKS, "num_key_value_heads": 2}),
    "Qwen2ForCausalLM": ("text", "Qwen2Config", {**SPEAKS, "num_key_value_heads": 2}),
    "GPTNeoXForCausalLM": ("text", "GPTNeoXConfig", SPEAKS),
    "OPTForCausalLM": ("text", "OPTConfig", {**SPEAKS, "ffn_dim": 64, "word_embed_proj_dim": 32}),
    "T5EncoderModel": ("text", "T5Config", {"vocab_size": 100, "d_model": 32, "d_kv": 8, "d_ff": 64, "num_layers": 2}),
    "BartModel": ("text", "BartConfig", BART),
    "ViTModel": ("image", "ViTConfig", VISION),
    "DeiTForImageClassification": ("image", "DeiTConfig", VISION),
    "BeitModel": ("image", "BeitConfig", VISION),
    "Dinov2Model": ("image", "Dinov2Config", VISION),
    "CLIPVisionModel": ("image", "CLIPVisionConfig", VISION),
    "YolosModel": ("image", "YolosConfig", {**VISION, "image_size": [64, 64]}),
    "SwinModel": (
        "image",
        "SwinConfig",
        {"image_size": 64, "embed_dim": 16, "depths": [2, 2], "num_heads": [2, 4], "window_size": 4},
    ),
    "SegformerForSemanticSegmentation": ("image", "SegformerConfig", PYRAMID),
    "GLPNForDepthEstimation": ("image", "GLPNConfig", PYRAMID),
    "ConvNextModel": ("image", "ConvNextConfig", STAGES),
    "PoolFormerModel": ("image", "PoolFormerConfig", STAGES),
    "RegNetModel": ("image", "RegNetConfig", {**STAGES, "embedding_size": 8, "groups_width": 8}),
    "ResNetForImageClassification": ("image", "ResNetConfig", {**STAGES, "embedding_size": 8}),
    "Wav2Vec2Model": (
        "sound",
        "Wav2Vec2Config",
        {**TEXT, "conv_dim": (16, 16), "conv_stride": (5, 2), "conv_kernel": (10, 3), "num_feat_extract_layers": 2}
        | {"num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2},
    ),
}
"""Of transformers: a model, what it takes, and its configuration."""


class First(nn.Module):
    """A model of transformers that gives its first output alone."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> Any:
        """Run the model."""
        return self.model(*inputs, return_dict=False)[0]


def _of_timm(name: str) -> Made:
    import timm

    net = timm.create_model(name, pretrained=False)
    return net, (torch.randn(1, *net.default_cfg["input_size"]),)


def _of_segmentation(name: str) -> Made:
    import segmentation_models_pytorch as models

    return getattr(models, name)(encoder_name="resnet18", encoder_weights=None, classes=3), (
        torch.randn(1, 3, 128, 128),
    )


def _of_yolo(name: str) -> Made:
    import ultralytics

    net = ultralytics.YOLO(f"{name}.yaml").model.float()
    for module in net.modules():
        if hasattr(module, "export"):
            module.export = True
    return net, (torch.randn(1, 3, 160, 160),)


def _of_transformers(name: str) -> Made:
    import transformers

    takes, config, sizes = MODELS[name]
    words, mask = torch.randint(0, 99, (1, 11)), torch.ones(1, 11, dtype=torch.long)
    inputs = {
        "text": (words,),
        "masked": (words, mask),
        "image": (torch.randn(1, 3, 64, 64),),
        "sound": (torch.randn(1, 400),),
    }
    return First(getattr(transformers, name)(getattr(transformers, config)(**sizes))), inputs[takes]


PACKAGES: dict[str, tuple[list[str], Callable[[str], Made]]] = {
    "transformers": (list(MODELS), _of_transformers),
    "timm": (TIMM.split(), _of_timm),
    "segmentation": (SEGMENTATION.split(), _of_segmentation),
    "yolo": (YOLO.split(), _of_yolo),
}
"""The names of nets, by package, and what makes one."""


def made(package: str, name: str) -> Made:
    """Return a net with seeded weights and statistics that are none of a new one's, and seeded inputs."""
    torch.manual_seed(0)
    net, inputs = PACKAGES[package][1](name)
    for module in net.modules():
        if getattr(module, "running_mean", None) is not None:
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    with torch.no_grad():
        for weight in net.parameters():
            if weight.dim() <= 1 and weight.numel() and weight.max() == weight.min():
                weight.add_(torch.randn_like(weight) * 0.1)
    return net.eval(), inputs
