// Changes a protobuf message by its fields, whatever its type: the bytes stay
// well-formed, so that what lies behind the parser is reached.

#ifndef EXACTMEAN_TESTS_FUZZ_PROTO_MUTATOR_H_
#define EXACTMEAN_TESTS_FUZZ_PROTO_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <random>

#include "google/protobuf/message.h"

namespace exactmean {

// Changes one to four fields at any depth: sets, clears, adds, removes, swaps.
// `message` may lack unknown fields afterwards.
void MutateMessage(std::mt19937_64* random, google::protobuf::Message* message);

// Is LLVMFuzzerCustomMutator for targets whose input is a `prototype`: three
// times in four by its fields, else its bytes. Input that is no such message
// counts as an empty one.
size_t MutateSerialized(const google::protobuf::Message& prototype,
                        uint8_t* data, size_t size, size_t max_size,
                        unsigned int seed);

}  // namespace exactmean

#endif  // EXACTMEAN_TESTS_FUZZ_PROTO_MUTATOR_H_
