// The state inspection tool with the currency step.

#include "examples/currency/currency_step.h"
#include "tools/inspect/main.h"

int main(int argc, char** argv) {
  return exactmean::InspectMain(argc, argv,
                                {{"currency", exactmean::CurrencySteps()}});
}
