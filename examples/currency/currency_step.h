// A step that converts prices into one currency, by the rate of their day.

#ifndef EXACTMEAN_EXAMPLES_CURRENCY_CURRENCY_STEP_H_
#define EXACTMEAN_EXAMPLES_CURRENCY_CURRENCY_STEP_H_

#include "processor/step.h"

namespace exactmean {

// Makes steps for records as {"price": 12.5, "currency": "EUR", ...}, of which
// the configuration's `input` finds the price.
//
// Properties:
//   to        the currency to convert into; required
//   currency  JSON pointer of the currency in the record; default "/currency"
// Options:
//   url           of the server that knows rates; required
//   token         for it; default: none
//   timeout       of a request; default "2s"
//   cache         how long a rate is kept; default "1h"
//   max_requests  of this process at the same time; default "4"
//
// A price is converted by the rate of the day of its event time, and not by
// that of now: so the answer for a record stays the same, and a replay gives
// the same averages.
//
// The steps of one factory share the bound on requests: a worker asks for one
// rate at a time, and waits for its turn no longer than for an answer.
StepFactory CurrencySteps();

}  // namespace exactmean

#endif  // EXACTMEAN_EXAMPLES_CURRENCY_CURRENCY_STEP_H_
