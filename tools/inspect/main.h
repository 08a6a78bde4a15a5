// The state inspection tool as a program, for whoever links a step of his own
// into one: as Main of processor/main.h.

#ifndef EXACTMEAN_TOOLS_INSPECT_MAIN_H_
#define EXACTMEAN_TOOLS_INSPECT_MAIN_H_

#include "processor/step.h"

namespace exactmean {

// All that the shipped exactmean-inspect does, with these steps; the exit code.
// Called once, first in main.
int InspectMain(int argc, char** argv, const StepFactories& steps);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_MAIN_H_
