"""What a kernel sees of a furnished room: rays against furniture, the emissive box, textures, light picking.

The room is a box whose six faces (0 back y=hi, 1 left x=lo, 2 right x=hi, 3 ceiling, 4 rear y=lo, 5 floor) hold
the photo's own linear radiance. Face coordinates (u, v) run along the face's two world axes, in order x, y, z.
"""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.sampling import cone_direction

PI = wp.constant(3.141592653589793)
FACE = 128
"""texels along a side of a box face"""
CELLS = 32
"""light-picking cells along a side of a box face"""
FLOOR = 64
"""cells along a side of the floor's irradiance grid"""
CONTACT = 1024
"""cells along a side of the contact map"""

_FACE = wp.constant(FACE)
_CELLS = wp.constant(CELLS)
_FLOOR = wp.constant(FLOOR)
_CONTACT = wp.constant(CONTACT)


@wp.struct
class World:
    """Addresses of Embree's functions (0: use `mesh`), furniture, materials, room, light picking, camera."""

    intersect: wp.uint64
    occluded: wp.uint64
    scene: wp.uint64
    mesh: wp.uint64
    vertices: wp.array(dtype=wp.vec3)
    normals: wp.array(dtype=wp.vec3)
    uvs: wp.array(dtype=wp.vec2)
    faces: wp.array(dtype=int)
    face_material: wp.array(dtype=int)
    node: wp.array(dtype=int)
    colour: wp.array(dtype=wp.vec3)
    emission: wp.array(dtype=wp.vec3)
    surface: wp.array(dtype=wp.vec4)
    extra: wp.array(dtype=wp.vec4)
    texture: wp.array(dtype=wp.vec4i)
    texels: wp.array(dtype=wp.uint32)
    linear: wp.array(dtype=float)
    radiance: wp.array(dtype=wp.vec3)
    floor_gain: wp.array(dtype=wp.vec3)
    node_irradiance: wp.array(dtype=wp.vec3)
    cell_probability: wp.array(dtype=float)
    alias_keep: wp.array(dtype=float)
    alias_other: wp.array(dtype=int)
    bulbs: wp.array(dtype=wp.vec4)
    bulb_radiance: wp.array(dtype=wp.vec3)
    bulb_count: int
    lo: wp.vec3
    hi: wp.vec3
    exposure: float
    clearance: wp.array(dtype=float)
    clearance_cell: float
    clearance_size: wp.vec3i
    contact: wp.array(dtype=float)
    contact_at: wp.vec3
    floor_albedo: wp.vec3
    floor_alpha: float
    floor_f0: float
    eye: wp.vec3
    rotation: wp.mat33
    f: float
    cx: float
    cy: float
    k1: float


# RTCRayHit of Embree 4: RTCRay (48 bytes), RTCHit; padded for the wheel's instance stack. A GPU never gets here.
_RAY = """
#if defined(__CUDA_ARCH__)
{miss}
#else
struct alignas(16) RayHit {{
    float ox, oy, oz, tnear, dx, dy, dz, time, tfar; unsigned mask, id, flags;
    float nx, ny, nz, u, v; unsigned prim, geom, inst, pad[8];
}} r;
r.ox = origin[0]; r.oy = origin[1]; r.oz = origin[2]; r.tnear = 0.f; r.time = 0.f; r.tfar = reach;
r.dx = direction[0]; r.dy = direction[1]; r.dz = direction[2];
r.mask = ~0u; r.id = 0; r.flags = 0; r.geom = ~0u; r.inst = ~0u;
((void (*)(void*, void*, void*))function)((void*)scene, &r, 0);
{result}
#endif
"""
_MISS = "return wp::vec4f(-1.f, 0.f, 0.f, -1.f);"
_HIT = f"if (r.geom == ~0u) {_MISS}\nreturn wp::vec4f(r.tfar, r.u, r.v, (float)r.prim);"


@wp.func_native(_RAY.format(miss=_MISS, result=_HIT))
def _embree_intersect(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, reach: float
) -> wp.vec4: ...


@wp.func_native(_RAY.format(miss="return 0;", result="return r.tfar < 0.f ? 1 : 0;"))
def _embree_occluded(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, reach: float
) -> int: ...


@wp.func
def trace(w: World, origin: wp.vec3, direction: wp.vec3, reach: float) -> wp.vec4:
    """Nearest hit: distance (−1: none), weights of the triangle's second and third corner, triangle."""
    hit = wp.vec4(-1.0, 0.0, 0.0, -1.0)
    if w.intersect != wp.uint64(0):
        hit = _embree_intersect(w.intersect, w.scene, origin, direction, reach)
    else:
        q = wp.mesh_query_ray(w.mesh, origin, direction, reach)
        if q.result:
            hit = wp.vec4(q.t, q.v, 1.0 - q.u - q.v, float(q.face))
    return hit


@wp.func
def blocked(w: World, origin: wp.vec3, direction: wp.vec3, reach: float) -> bool:
    hit = bool(False)
    if w.intersect != wp.uint64(0):
        hit = _embree_occluded(w.occluded, w.scene, origin, direction, reach) == 1
    else:
        hit = wp.mesh_query_ray_anyhit(w.mesh, origin, direction, reach)
    return hit


@wp.func
def camera_direction(w: World, x: float, y: float) -> wp.vec3:
    u = (x - w.cx) / w.f
    v = (y - w.cy) / w.f
    straight = 1.0 / wp.max(1.0 + w.k1 * (u * u + v * v), 0.1)
    return wp.normalize(wp.transpose(w.rotation) * wp.vec3(u * straight, v * straight, 1.0))


@wp.func
def blend3(a: wp.array(dtype=wp.vec3), w: World, face: int, hit: wp.vec4) -> wp.vec3:
    """A per-vertex value at a hit."""
    i = 3 * face
    return a[w.faces[i]] * (1.0 - hit[1] - hit[2]) + a[w.faces[i + 1]] * hit[1] + a[w.faces[i + 2]] * hit[2]


@wp.func
def blend2(w: World, face: int, hit: wp.vec4) -> wp.vec2:
    i = 3 * face
    a = w.uvs[w.faces[i]] * (1.0 - hit[1] - hit[2])
    return a + w.uvs[w.faces[i + 1]] * hit[1] + w.uvs[w.faces[i + 2]] * hit[2]


@wp.func
def face_normal(w: World, face: int) -> wp.vec3:
    a = w.vertices[w.faces[3 * face]]
    return wp.normalize(wp.cross(w.vertices[w.faces[3 * face + 1]] - a, w.vertices[w.faces[3 * face + 2]] - a))


@wp.func
def texel(w: World, at: int) -> wp.vec3:
    c = w.texels[at]
    m = wp.uint32(255)
    return wp.vec3(
        w.linear[int(c & m)], w.linear[int((c >> wp.uint32(8)) & m)], w.linear[int((c >> wp.uint32(16)) & m)]
    )


@wp.func
def base_colour(w: World, material: int, uv: wp.vec2, footprint: float) -> wp.vec3:
    """Linear albedo; bilinear in the mip level where `footprint` (metres) is about one texel."""
    t = w.texture[material]
    c = w.colour[material]
    if t[1] > 0:
        k = w.extra[material][1]
        level = int(wp.clamp(wp.log2(wp.max(footprint * k * float(t[1]), 1.0)), 0.0, float(t[3] - 1)))
        at = t[0]
        nx = t[1]
        ny = t[2]
        for _ in range(level):
            at = at + nx * ny
            nx = wp.max(nx / 2, 1)
            ny = wp.max(ny / 2, 1)
        x = (uv[0] * k - wp.floor(uv[0] * k)) * float(nx) - 0.5
        y = (uv[1] * k - wp.floor(uv[1] * k)) * float(ny) - 0.5
        fx = x - wp.floor(x)
        fy = y - wp.floor(y)
        i = (int(wp.floor(x)) + nx) % nx
        j = (int(wp.floor(y)) + ny) % ny
        i2 = (i + 1) % nx
        j2 = (j + 1) % ny
        top = texel(w, at + j * nx + i) * (1.0 - fx) + texel(w, at + j * nx + i2) * fx
        low = texel(w, at + j2 * nx + i) * (1.0 - fx) + texel(w, at + j2 * nx + i2) * fx
        c = top * (1.0 - fy) + low * fy
    return c


@wp.func
def bilinear(a: wp.array(dtype=wp.vec3), at: int, n: int, u: float, v: float) -> wp.vec3:
    x = wp.clamp(u * float(n) - 0.5, 0.0, float(n) - 1.001)
    y = wp.clamp(v * float(n) - 0.5, 0.0, float(n) - 1.001)
    i = int(x)
    j = int(y)
    fx = x - float(i)
    fy = y - float(j)
    k = at + j * n + i
    return (a[k] * (1.0 - fx) + a[k + 1] * fx) * (1.0 - fy) + (a[k + n] * (1.0 - fx) + a[k + n + 1] * fx) * fy


@wp.func
def box_hit(w: World, o: wp.vec3, d: wp.vec3) -> wp.vec4:
    """Where a ray from inside leaves the box: distance, face, u, v."""
    t = float(1.0e9)
    k = int(0)
    if wp.abs(d[1]) > 1.0e-9:
        t = (wp.where(d[1] > 0.0, w.hi[1], w.lo[1]) - o[1]) / d[1]
        k = wp.where(d[1] > 0.0, 0, 4)
    if wp.abs(d[0]) > 1.0e-9:
        tx = (wp.where(d[0] > 0.0, w.hi[0], w.lo[0]) - o[0]) / d[0]
        if tx < t:
            t = tx
            k = wp.where(d[0] > 0.0, 2, 1)
    if wp.abs(d[2]) > 1.0e-9:
        tz = (wp.where(d[2] > 0.0, w.hi[2], w.lo[2]) - o[2]) / d[2]
        if tz < t:
            t = tz
            k = wp.where(d[2] > 0.0, 3, 5)
    t = wp.max(t, 0.0)
    p = o + d * t
    e = w.hi - w.lo
    x = wp.clamp((p[0] - w.lo[0]) / e[0], 0.0, 1.0)
    y = wp.clamp((p[1] - w.lo[1]) / e[1], 0.0, 1.0)
    z = wp.clamp((p[2] - w.lo[2]) / e[2], 0.0, 1.0)
    u = wp.where(k == 1 or k == 2, y, x)
    v = wp.where(k == 3 or k == 5, y, z)
    return wp.vec4(t, float(k), u, v)


@wp.func
def box_normal(k: int) -> wp.vec3:
    n = wp.vec3(0.0, -1.0, 0.0)
    if k == 1:
        n = wp.vec3(1.0, 0.0, 0.0)
    if k == 2:
        n = wp.vec3(-1.0, 0.0, 0.0)
    if k == 3:
        n = wp.vec3(0.0, 0.0, -1.0)
    if k == 4:
        n = wp.vec3(0.0, 1.0, 0.0)
    if k == 5:
        n = wp.vec3(0.0, 0.0, 1.0)
    return n


@wp.func
def box_area(w: World, k: int) -> float:
    e = w.hi - w.lo
    a = e[0] * e[2]
    if k == 1 or k == 2:
        a = e[1] * e[2]
    if k == 3 or k == 5:
        a = e[0] * e[1]
    return a


@wp.func
def box_radiance(w: World, h: wp.vec4) -> wp.vec3:
    """Photo radiance of the room there; the floor dimmed where furniture stands over it."""
    k = int(h[1])
    light = bilinear(w.radiance, k * _FACE * _FACE, _FACE, h[2], h[3])
    if k == 5:
        light = wp.cw_mul(light, bilinear(w.floor_gain, 0, _FLOOR, h[2], h[3]))
    return light


@wp.func
def clearance(w: World, x: wp.vec3) -> float:
    """No furniture is nearer to x than this, metres; x inside the box."""
    i = wp.clamp(int((x[0] - w.lo[0]) / w.clearance_cell), 0, w.clearance_size[0] - 1)
    j = wp.clamp(int((x[1] - w.lo[1]) / w.clearance_cell), 0, w.clearance_size[1] - 1)
    k = wp.clamp(int((x[2] - w.lo[2]) / w.clearance_cell), 0, w.clearance_size[2] - 1)
    return w.clearance[(i * w.clearance_size[1] + j) * w.clearance_size[2] + k]


@wp.func
def footing(w: World, x: wp.vec3) -> float:
    """What contact with feet leaves of the light on the floor at x (0…1); 1 off the map."""
    left = float(1.0)
    u = (x[0] - w.contact_at[0]) / w.contact_at[2] - 0.5
    v = (x[1] - w.contact_at[1]) / w.contact_at[2] - 0.5
    i = int(wp.floor(u))
    j = int(wp.floor(v))
    if i >= 0 and j >= 0 and i < _CONTACT - 1 and j < _CONTACT - 1:
        k = j * _CONTACT + i
        a = w.contact[k] + (w.contact[k + 1] - w.contact[k]) * (u - float(i))
        b = w.contact[k + _CONTACT] + (w.contact[k + _CONTACT + 1] - w.contact[k + _CONTACT]) * (u - float(i))
        left = a + (b - a) * (v - float(j))
    return left


@wp.func
def photo_floor(w: World, x: wp.vec3) -> wp.vec3:
    """The photo's own linear value of the empty floor below x."""
    e = w.hi - w.lo
    at = bilinear(w.radiance, 5 * _FACE * _FACE, _FACE, (x[0] - w.lo[0]) / e[0], (x[1] - w.lo[1]) / e[1])
    return at / w.exposure


@wp.func
def light_density(w: World, h: wp.vec4, d: wp.vec3) -> float:
    """Solid-angle density of `pick_light` for the ray that left the box at h."""
    k = int(h[1])
    n = float(_CELLS)
    cell = k * _CELLS * _CELLS + wp.min(int(h[3] * n), _CELLS - 1) * _CELLS + wp.min(int(h[2] * n), _CELLS - 1)
    facing = wp.max(wp.abs(wp.dot(box_normal(k), d)), 1.0e-4)
    return w.cell_probability[cell] * n * n / box_area(w, k) * h[0] * h[0] / facing


@wp.func
def pick_light(w: World, a: wp.vec2, b: wp.vec2) -> wp.vec3:
    """A point on the box, brighter cells more often (alias table)."""
    count = 6 * _CELLS * _CELLS
    x = a[0] * float(count)
    c = wp.min(int(x), count - 1)
    if x - float(c) > w.alias_keep[c]:
        c = w.alias_other[c]
    k = c / (_CELLS * _CELLS)
    r = c - k * _CELLS * _CELLS
    j = r / _CELLS
    i = r - j * _CELLS
    u = (float(i) + a[1]) / float(_CELLS)
    v = (float(j) + b[0]) / float(_CELLS)
    e = w.hi - w.lo
    p = wp.vec3(w.lo[0] + u * e[0], wp.where(k == 0, w.hi[1], w.lo[1]), w.lo[2] + v * e[2])
    if k == 1 or k == 2:
        p = wp.vec3(wp.where(k == 1, w.lo[0], w.hi[0]), w.lo[1] + u * e[1], w.lo[2] + v * e[2])
    if k == 3 or k == 5:
        p = wp.vec3(w.lo[0] + u * e[0], w.lo[1] + v * e[1], wp.where(k == 3, w.hi[2], w.lo[2]))
    return p


@wp.func
def pick_bulb(w: World, x: wp.vec3, pick: float, u: wp.vec2) -> wp.vec4:
    """A direction into the cone of one bulb's sphere, and its density (0: no bulb, or x inside it)."""
    out = wp.vec4(0.0, 0.0, 1.0, 0.0)
    if w.bulb_count > 0:
        b = w.bulbs[wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)]
        axis = wp.vec3(b[0], b[1], b[2]) - x
        distance = wp.length(axis)
        if distance > b[3] * 1.05:
            sine = b[3] / distance
            cos_max = wp.sqrt(1.0 - sine * sine)
            d = cone_direction(axis / distance, cos_max, u)
            out = wp.vec4(d[0], d[1], d[2], 1.0 / (2.0 * PI * (1.0 - cos_max) * float(w.bulb_count)))
    return out


@wp.func
def bulb_reach(w: World, x: wp.vec3, pick: float) -> float:
    """How far a shadow ray to the bulb may go without meeting the bulb's own mesh."""
    b = w.bulbs[wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)]
    return wp.length(wp.vec3(b[0], b[1], b[2]) - x) - b[3] * 1.02
