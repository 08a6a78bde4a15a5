// exactmean-inspect as it ships, without any step.

#include "tools/inspect/main.h"

int main(int argc, char** argv) {
  return exactmean::InspectMain(argc, argv, {});
}
