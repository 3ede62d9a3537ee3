"""Path tracing of furniture into a photographed room: Warp kernels over Embree rays, denoised by OIDN."""

from atelier.render.passes import render

__all__ = ["render"]
