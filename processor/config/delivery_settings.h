// The section of the configuration that says what becomes of a record when a
// process dies.

#ifndef EXACTMEAN_PROCESSOR_CONFIG_DELIVERY_SETTINGS_H_
#define EXACTMEAN_PROCESSOR_CONFIG_DELIVERY_SETTINGS_H_

#include "processor/config/problems.h"
#include "processor/delivery.h"
#include "proto/config.pb.h"

namespace exactmean {

Delivery ReadDelivery(const config::Delivery& delivery, Problems* problems);

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_CONFIG_DELIVERY_SETTINGS_H_
