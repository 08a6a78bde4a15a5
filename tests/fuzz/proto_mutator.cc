// By reflection: picks a field, then a change that suits its type.

#include "tests/fuzz/proto_mutator.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "tests/fuzz/target.h"

namespace exactmean {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int64_t kIntegers[] = {0,
                                 1,
                                 -1,
                                 2,
                                 7,
                                 1000,
                                 60'000'000,
                                 int64_t{1} << 31,
                                 int64_t{1} << 53,
                                 int64_t{1} << 60,
                                 (int64_t{1} << 60) + 1,
                                 -(int64_t{1} << 60),
                                 int64_t{1} << 62,
                                 std::numeric_limits<int64_t>::max(),
                                 std::numeric_limits<int64_t>::min()};

constexpr double kDoubles[] = {0,
                               -0.0,
                               1,
                               -1,
                               0.1,
                               1e140,
                               -1e140,
                               1.0001e140,
                               1e300,
                               5e-324,
                               std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::infinity(),
                               -std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};

// What texts of a configuration may be, and some that they may not.
constexpr absl::string_view kTexts[] = {
    "",     "0",  "1", "1us", "1ms", "1h", "20d", "36500d", "36501d",
    "1h1h", "/a", "a", ".",   "..",  ";",  "\t",  "a,b",    "${env:HOME}"};

class MessageMutator {
 public:
  explicit MessageMutator(std::mt19937_64* random) : random_(*random) {}

  void Mutate(Message* message) {
    if (message->GetDescriptor()->field_count() == 0) return;
    const FieldDescriptor* field = Pick(*message);
    if (field->is_repeated()) {
      Repeated(message, field);
    } else {
      Singular(message, field);
    }
  }

 private:
  int Below(int n) {
    return static_cast<int>(random_() % static_cast<uint64_t>(n));
  }

  // One that is set, or any.
  const FieldDescriptor* Pick(const Message& message) {
    std::vector<const FieldDescriptor*> set;
    message.GetReflection()->ListFields(message, &set);
    if (!set.empty() && Below(2) == 0) {
      return set[Below(static_cast<int>(set.size()))];
    }
    return message.GetDescriptor()->field(
        Below(message.GetDescriptor()->field_count()));
  }

  int64_t Integer(int64_t before) {
    switch (Below(3)) {
      case 0:
        return kIntegers[Below(std::size(kIntegers))];
      case 1:  // close by, wrapping around
        return static_cast<int64_t>(static_cast<uint64_t>(before) +
                                    static_cast<uint64_t>(Below(9)) - 4);
      default:
        return static_cast<int64_t>(random_() >> Below(64));
    }
  }

  double Double(double before) {
    switch (Below(3)) {
      case 0:
        return kDoubles[Below(std::size(kDoubles))];
      case 1:
        return -before;
      default:
        return Below(2000) / 8.0 - 100;
    }
  }

  std::string Text(std::string before) {
    if (Below(2) == 0) return std::string(kTexts[Below(std::size(kTexts))]);
    if (!before.empty() && Below(2) == 0) {
      before[Below(static_cast<int>(before.size()))] =
          static_cast<char>('a' + Below(26));
      return before;
    }
    if (Below(2) == 0) return before + static_cast<char>('a' + Below(26));
    return before.substr(0, Below(static_cast<int>(before.size()) + 1));
  }

  void Singular(Message* message, const FieldDescriptor* field) {
    const Reflection& r = *message->GetReflection();
    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    // Most messages mean something only when there.
    if (Below(8) == 0) return r.ClearField(message, field);
    if (is_message) return Mutate(r.MutableMessage(message, field));
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return r.SetInt32(
            message, field,
            static_cast<int32_t>(Integer(r.GetInt32(*message, field))));
      case FieldDescriptor::CPPTYPE_INT64:
        return r.SetInt64(message, field, Integer(r.GetInt64(*message, field)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return r.SetUInt32(
            message, field,
            static_cast<uint32_t>(Integer(r.GetUInt32(*message, field))));
      case FieldDescriptor::CPPTYPE_UINT64:
        return r.SetUInt64(message, field,
                           static_cast<uint64_t>(Integer(static_cast<int64_t>(
                               r.GetUInt64(*message, field)))));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return r.SetDouble(message, field,
                           Double(r.GetDouble(*message, field)));
      case FieldDescriptor::CPPTYPE_ENUM:
        return r.SetEnumValue(message, field, Below(6) - 1);
      case FieldDescriptor::CPPTYPE_BOOL:
        return r.SetBool(message, field, !r.GetBool(*message, field));
      case FieldDescriptor::CPPTYPE_STRING:
        return r.SetString(message, field, Text(r.GetString(*message, field)));
      default:
        FuzzFailed(__FILE__, __LINE__, "a known type", field->full_name());
    }
  }

  void Repeated(Message* message, const FieldDescriptor* field) {
    const Reflection& r = *message->GetReflection();
    const int size = r.FieldSize(*message, field);
    const int change = size == 0 ? 0 : Below(7);
    if (change == 0) return Add(message, field);
    if (change == 3) {  // up to twice as many: limits are tried
      for (int left = Below(size + 1); left > 0; --left) Add(message, field);
      return;
    }
    if (change == 1) return r.RemoveLast(message, field);
    if (change == 2) {
      return r.SwapElements(message, field, Below(size), Below(size));
    }
    const int at = Below(size);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Mutate(r.MutableRepeatedMessage(message, field, at));
      case FieldDescriptor::CPPTYPE_INT64:
        return r.SetRepeatedInt64(
            message, field, at,
            Integer(r.GetRepeatedInt64(*message, field, at)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return r.SetRepeatedDouble(
            message, field, at,
            Double(r.GetRepeatedDouble(*message, field, at)));
      case FieldDescriptor::CPPTYPE_STRING:
        return r.SetRepeatedString(
            message, field, at, Text(r.GetRepeatedString(*message, field, at)));
      default:
        FuzzFailed(__FILE__, __LINE__, "a known type", field->full_name());
    }
  }

  // A copy of an element, or something new.
  void Add(Message* message, const FieldDescriptor* field) {
    const Reflection& r = *message->GetReflection();
    const int size = r.FieldSize(*message, field);
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* added = r.AddMessage(message, field);
        if (size > 0) {
          added->CopyFrom(r.GetRepeatedMessage(*message, field, Below(size)));
        }
        return Mutate(added);
      }
      case FieldDescriptor::CPPTYPE_INT64:
        return r.AddInt64(message, field, Integer(0));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return r.AddDouble(message, field, Double(0));
      case FieldDescriptor::CPPTYPE_STRING:
        return r.AddString(message, field, Text("a"));
      default:
        FuzzFailed(__FILE__, __LINE__, "a known type", field->full_name());
    }
  }

  std::mt19937_64& random_;
};

}  // namespace

void MutateMessage(std::mt19937_64* random, Message* message) {
  MessageMutator mutator(random);
  for (uint64_t left = 1 + (*random)() % 4; left > 0; --left) {
    mutator.Mutate(message);
  }
}

size_t MutateSerialized(const Message& prototype, uint8_t* data, size_t size,
                        size_t max_size, unsigned int seed) {
  std::mt19937_64 random(seed);
  if (random() % 4 == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::unique_ptr<Message> message(prototype.New());
  if (!message->ParsePartialFromArray(data, static_cast<int>(size))) {
    message->Clear();
  }
  MutateMessage(&random, message.get());
  const size_t new_size = message->ByteSizeLong();
  if (new_size > max_size) return LLVMFuzzerMutate(data, size, max_size);
  message->SerializeWithCachedSizesToArray(data);
  return new_size;
}

}  // namespace exactmean
