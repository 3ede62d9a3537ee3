"""The GPU staging engine: an open-weight inpainting pipeline behind the same request schema.

Weights are not shipped: the operator puts a pipeline in diffusers format (safetensors only) into a directory
and names it in ROOMWRIGHT_DIFFUSION_MODEL.
"""

VERSION = "0.1.0"
