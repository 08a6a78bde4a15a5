// The processor as a program, for whoever links a step of his own into one:
//
//   int main(int argc, char** argv) {
//     return exactmean::Main(argc, argv, {{"usd", &MakeUsdStep}});
//   }

#ifndef EXACTMEAN_PROCESSOR_MAIN_H_
#define EXACTMEAN_PROCESSOR_MAIN_H_

#include "processor/step.h"

namespace exactmean {

// All that the shipped binary does, with these steps; the exit code. Called
// once, first in main.
int Main(int argc, char** argv, const StepFactories& steps);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_MAIN_H_
