"""Which kernels really do PyTorch's products: its build only says "generic", what counts is the library that the system links to."""
import ctypes
import re


def blas():
    """The library and, as it says itself, the processor whose instructions its kernels use. Raises for the slow reference library."""
    try:
        loaded = open("/proc/self/maps").read()
    except OSError:
        return "unknown BLAS"
    found = re.search(r"/\S*openblas\S*", loaded)
    if found is None:
        if re.search(r"/libblas\.so", loaded):
            raise RuntimeError("error: its products run on the reference BLAS, no rival: apt-get install libopenblas0-pthread")
        return "MKL" if "libmkl" in loaded or _built_with_mkl() else "not OpenBLAS"
    library = ctypes.CDLL(found.group())
    names = [name for name in ("openblas_get_corename", "openblas_get_corename64_") if hasattr(library, name)]
    if not names:
        return "OpenBLAS"
    core = getattr(library, names[0])
    core.restype = ctypes.c_char_p
    return f"OpenBLAS for {core().decode()}"


def _built_with_mkl():
    import torch

    return "BLAS_INFO=mkl" in torch.__config__.show()
