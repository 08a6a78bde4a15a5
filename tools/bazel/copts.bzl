"""The one place for the compiler flags of our own code.

Headers of the system are found as system headers: their warnings stay quiet.
"""

EXACTMEAN_COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wshadow",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
    "-Wold-style-cast",
    "-Wimplicit-fallthrough",
    "-Wunused-result",
    # Averages are compared byte for byte: no machine may fuse a multiply and an
    # add where another does not.
    "-ffp-contract=off",
]
