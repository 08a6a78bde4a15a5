// Two requests, byte by byte; numbers are big-endian.

#include "processor/kafka/testing/raw_coordinator.h"

#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "processor/kafka/status.h"

namespace exactmean {
namespace {

constexpr int16_t kEndTxn = 26;
constexpr int16_t kDescribeTransactions = 65;
constexpr time_t kPatienceSeconds = 10;

template <typename T>
void Put(T number, std::string* bytes) {
  for (size_t i = sizeof(T); i-- > 0;) {
    bytes->push_back(
        static_cast<char>(static_cast<uint64_t>(number) >> (8 * i) & 0xff));
  }
}

// Takes an answer apart; what is missing reads as 0, and IsWhole tells.
class Answer {
 public:
  explicit Answer(std::string bytes) : bytes_(std::move(bytes)) {}

  template <typename T>
  T Take() {
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      number = number << 8 | static_cast<unsigned char>(Byte());
    }
    return static_cast<T>(number);
  }
  void Skip(size_t count) { at_ += count; }
  // A string of the compact kind, shorter than 127 bytes.
  void SkipCompact() { Skip(static_cast<size_t>(Take<uint8_t>()) - 1); }
  bool IsWhole() const { return at_ <= bytes_.size(); }

 private:
  char Byte() {
    const size_t at = at_++;
    return at < bytes_.size() ? bytes_[at] : '\0';
  }

  const std::string bytes_;
  size_t at_ = 0;
};

absl::Status SocketError(const char* call) {
  return absl::InternalError(absl::StrCat(call, ": ", std::strerror(errno)));
}

absl::Status Exchange(int fd, std::string* bytes, size_t size, bool sends) {
  for (size_t done = 0; done < size;) {
    char* const at = &(*bytes)[done];
    const ssize_t moved = sends ? send(fd, at, size - done, MSG_NOSIGNAL)
                                : recv(fd, at, size - done, 0);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return SocketError(sends ? "send" : "recv");
    done += static_cast<size_t>(moved);
  }
  return absl::OkStatus();
}

// The answer, after its correlation id.
absl::StatusOr<Answer> Ask(int port, const std::string& request) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return SocketError("socket");
  const auto closer = absl::MakeCleanup([fd] { close(fd); });
  timeval patience = {};
  patience.tv_sec = kPatienceSeconds;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    return SocketError("connect");
  }
  std::string framed;
  Put(static_cast<int32_t>(request.size()), &framed);
  framed += request;
  absl::Status status = Exchange(fd, &framed, framed.size(), /*sends=*/true);
  if (!status.ok()) return status;
  std::string size(4, '\0');
  status = Exchange(fd, &size, size.size(), /*sends=*/false);
  if (!status.ok()) return status;
  std::string bytes(Answer(size).Take<uint32_t>(), '\0');
  status = Exchange(fd, &bytes, bytes.size(), /*sends=*/false);
  if (!status.ok()) return status;
  Answer answer(std::move(bytes));
  answer.Skip(sizeof(int32_t));
  return answer;
}

std::string Header(int16_t api_key, int16_t version) {
  std::string request;
  Put(api_key, &request);
  Put(version, &request);
  Put<int32_t>(1, &request);   // correlation id
  Put<int16_t>(-1, &request);  // no client id
  return request;
}

absl::Status ErrorOf(const Answer& answer, int16_t error,
                     const std::string& what) {
  if (!answer.IsWhole()) {
    return absl::InternalError(absl::StrCat(what, ": the answer is too short"));
  }
  return ToStatus(static_cast<rd_kafka_resp_err_t>(error), what);
}

}  // namespace

absl::StatusOr<RawProducer> DescribeProducer(
    int port, const std::string& transactional_id) {
  std::string request = Header(kDescribeTransactions, 0);
  Put<int8_t>(0, &request);  // no tagged fields
  Put<int8_t>(2, &request);  // an array of one
  Put(static_cast<uint8_t>(transactional_id.size() + 1), &request);
  request += transactional_id;
  Put<int8_t>(0, &request);
  absl::StatusOr<Answer> answer = Ask(port, request);
  if (!answer.ok()) return answer.status();
  answer->Skip(1 + 4 + 1);  // tagged fields, throttle time, size of the array
  const auto error = answer->Take<int16_t>();
  answer->SkipCompact();  // the id
  answer->SkipCompact();  // the transaction's state
  answer->Skip(4 + 8);    // timeout, start
  RawProducer producer;
  producer.id = answer->Take<int64_t>();
  producer.epoch = answer->Take<int16_t>();
  const absl::Status status =
      ErrorOf(*answer, error, absl::StrCat("describing ", transactional_id));
  if (!status.ok()) return status;
  return producer;
}

absl::Status RequestCommit(int port, const std::string& transactional_id,
                           const RawProducer& producer) {
  std::string request = Header(kEndTxn, 1);
  Put(static_cast<int16_t>(transactional_id.size()), &request);
  request += transactional_id;
  Put(producer.id, &request);
  Put(producer.epoch, &request);
  Put<int8_t>(1, &request);  // commit
  absl::StatusOr<Answer> answer = Ask(port, request);
  if (!answer.ok()) return answer.status();
  answer->Skip(4);  // throttle time
  const auto error = answer->Take<int16_t>();
  return ErrorOf(*answer, error,
                 absl::StrCat("ending a transaction of ", transactional_id));
}

}  // namespace exactmean
