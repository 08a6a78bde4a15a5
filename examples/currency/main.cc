// The processor with the currency step.

#include "processor/main.h"

#include "examples/currency/currency_step.h"

int main(int argc, char** argv) {
  return exactmean::Main(argc, argv,
                         {{"currency", exactmean::CurrencySteps()}});
}
