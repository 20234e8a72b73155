"""Which kernels really do PyTorch's products: its build only says "generic", what counts is the library that the system links to."""
import ctypes
import re


def blas():
    """The library and, as it says itself, the processor whose instructions its kernels use."""
    try:
        found = re.search(r"/\S*openblas\S*", open("/proc/self/maps").read())
    except OSError:
        return "unknown BLAS"
    if found is None:
        return "not OpenBLAS"
    library = ctypes.CDLL(found.group())
    names = [name for name in ("openblas_get_corename", "openblas_get_corename64_") if hasattr(library, name)]
    if not names:
        return "OpenBLAS"
    core = getattr(library, names[0])
    core.restype = ctypes.c_char_p
    return f"OpenBLAS for {core().decode()}"
