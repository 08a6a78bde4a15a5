// The part of TestAdmin that is about users and what they are allowed.

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "processor/kafka/status.h"
#include "processor/kafka/testing/raw_client.h"
#include "processor/kafka/testing/test_admin.h"

namespace exactmean {
namespace {

using BindingHandle =
    Handle<rd_kafka_AclBinding_t, rd_kafka_AclBinding_destroy>;

rd_kafka_ResourceType_t TypeOf(const TestAcl& acl) {
  switch (acl.on) {
    case TestAcl::On::kTopic:
      return RD_KAFKA_RESOURCE_TOPIC;
    case TestAcl::On::kGroup:
      return RD_KAFKA_RESOURCE_GROUP;
    case TestAcl::On::kTransactionalIdPrefix:
      return RD_KAFKA_RESOURCE_TRANSACTIONAL_ID;
    case TestAcl::On::kCluster:
      return RD_KAFKA_RESOURCE_BROKER;  // as the protocol has it: the cluster
  }
  return RD_KAFKA_RESOURCE_UNKNOWN;
}

rd_kafka_ResourcePatternType_t PatternOf(const TestAcl& acl) {
  return acl.on == TestAcl::On::kTransactionalIdPrefix
             ? RD_KAFKA_RESOURCE_PATTERN_PREFIXED
             : RD_KAFKA_RESOURCE_PATTERN_LITERAL;
}

rd_kafka_AclOperation_t OperationOf(const TestAcl& acl) {
  for (const auto operation :
       {RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_OPERATION_WRITE,
        RD_KAFKA_ACL_OPERATION_CREATE, RD_KAFKA_ACL_OPERATION_DESCRIBE,
        RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS}) {
    if (acl.operation == rd_kafka_AclOperation_name(operation)) {
      return operation;
    }
  }
  return RD_KAFKA_ACL_OPERATION_UNKNOWN;
}

// A filter is a binding, too.
BindingHandle ToBinding(const std::string& principal, const TestAcl& acl) {
  return BindingHandle(rd_kafka_AclBinding_new(
      TypeOf(acl), acl.name.c_str(), PatternOf(acl), principal.c_str(), "*",
      OperationOf(acl), RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr, 0));
}

bool Same(const rd_kafka_AclBinding_t* binding, const TestAcl& acl) {
  return rd_kafka_AclBinding_restype(binding) == TypeOf(acl) &&
         rd_kafka_AclBinding_name(binding) == acl.name &&
         rd_kafka_AclBinding_operation(binding) == OperationOf(acl);
}

}  // namespace

absl::StatusOr<EventHandle> TestAdmin::DescribeAcls(
    const std::string& principal) {
  const BindingHandle filter(rd_kafka_AclBindingFilter_new(
      RD_KAFKA_RESOURCE_ANY, nullptr, RD_KAFKA_RESOURCE_PATTERN_ANY,
      principal.c_str(), nullptr, RD_KAFKA_ACL_OPERATION_ANY,
      RD_KAFKA_ACL_PERMISSION_TYPE_ANY, nullptr, 0));
  return Call(RD_KAFKA_ADMIN_OP_DESCRIBEACLS, "describing ACLs",
              Isolation::kUncommitted, [&](auto* options, auto* queue) {
                rd_kafka_DescribeAcls(client_.get(), filter.get(), options,
                                      queue);
              });
}

absl::Status TestAdmin::SetAcls(const std::string& principal,
                                const std::vector<TestAcl>& acls) {
  const auto before = DescribeAcls(principal);
  if (!before.ok()) return before.status();
  size_t count = 0;
  const rd_kafka_AclBinding_t** had = rd_kafka_DescribeAcls_result_acls(
      rd_kafka_event_DescribeAcls_result(before->get()), &count);
  for (const TestAcl& acl : acls) {
    if (std::any_of(had, had + count,
                    [&](auto* one) { return Same(one, acl); })) {
      continue;
    }
    const BindingHandle binding = ToBinding(principal, acl);
    rd_kafka_AclBinding_t* asked[] = {binding.get()};
    const auto created =
        Call(RD_KAFKA_ADMIN_OP_CREATEACLS, "creating an ACL",
             Isolation::kUncommitted, [&](auto* options, auto* queue) {
               rd_kafka_CreateAcls(client_.get(), asked, 1, options, queue);
             });
    if (!created.ok()) return created.status();
    size_t answers = 0;
    const rd_kafka_acl_result_t** results = rd_kafka_CreateAcls_result_acls(
        rd_kafka_event_CreateAcls_result(created->get()), &answers);
    if (answers != 1) return absl::InternalError("creating an ACL: no answer");
    const absl::Status status =
        ToStatus(rd_kafka_acl_result_error(results[0]), "creating an ACL");
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < count; ++i) {
    if (std::any_of(acls.begin(), acls.end(),
                    [&](const TestAcl& acl) { return Same(had[i], acl); })) {
      continue;
    }
    const BindingHandle filter(rd_kafka_AclBindingFilter_new(
        rd_kafka_AclBinding_restype(had[i]), rd_kafka_AclBinding_name(had[i]),
        rd_kafka_AclBinding_resource_pattern_type(had[i]), principal.c_str(),
        "*", rd_kafka_AclBinding_operation(had[i]),
        RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, nullptr, 0));
    rd_kafka_AclBindingFilter_t* asked[] = {filter.get()};
    const auto deleted =
        Call(RD_KAFKA_ADMIN_OP_DELETEACLS, "deleting an ACL",
             Isolation::kUncommitted, [&](auto* options, auto* queue) {
               rd_kafka_DeleteAcls(client_.get(), asked, 1, options, queue);
             });
    if (!deleted.ok()) return deleted.status();
  }
  return AwaitAcls(principal, acls.size());
}

// The broker's authoriser learns of a change after the controller has answered.
absl::Status TestAdmin::AwaitAcls(const std::string& principal,
                                  size_t expected) {
  const absl::Time deadline = absl::Now() + kTestPatience;
  while (true) {
    const auto now = DescribeAcls(principal);
    if (!now.ok()) return now.status();
    size_t count = 0;
    rd_kafka_DescribeAcls_result_acls(
        rd_kafka_event_DescribeAcls_result(now->get()), &count);
    if (count == expected) return absl::OkStatus();
    if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError(absl::StrCat(
          principal, " has ", count, " ACLs instead of ", expected));
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
}

absl::Status TestAdmin::SetScramPassword(const std::string& user,
                                         const std::string& password) {
  constexpr int32_t kIterations = 4096;
  const std::string what = absl::StrCat("password of ", user);
  auto* asked = rd_kafka_UserScramCredentialUpsertion_new(
      user.c_str(), RD_KAFKA_SCRAM_MECHANISM_SHA_256, kIterations,
      reinterpret_cast<const unsigned char*>(password.data()), password.size(),
      reinterpret_cast<const unsigned char*>("salt"), 4);
  const auto event =
      Call(RD_KAFKA_ADMIN_OP_ALTERUSERSCRAMCREDENTIALS, what,
           Isolation::kUncommitted, [&](auto* options, auto* queue) {
             rd_kafka_AlterUserScramCredentials(client_.get(), &asked, 1,
                                                options, queue);
           });
  rd_kafka_UserScramCredentialAlteration_destroy(asked);
  if (!event.ok()) return event.status();
  size_t count = 0;
  const auto** responses = rd_kafka_AlterUserScramCredentials_result_responses(
      rd_kafka_event_AlterUserScramCredentials_result(event->get()), &count);
  if (count != 1) return absl::InternalError(absl::StrCat(what, ": no answer"));
  return ToStatus(
      rd_kafka_AlterUserScramCredentials_result_response_error(responses[0]),
      what);
}

}  // namespace exactmean
