// The check that ends a run.

#include "tests/fuzz/target.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace exactmean {

void FuzzFailed(const char* file, int line, const char* condition,
                const std::string& what) {
  std::fprintf(stderr, "%s:%d: not so: %s\n%s\n", file, line, condition,
               what.c_str());
  std::abort();
}

}  // namespace exactmean
