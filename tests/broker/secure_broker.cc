// Keys, listeners and users.

#include "tests/broker/secure_broker.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tools/cluster/kafka_install.h"
#include "tools/cluster/process.h"

namespace exactmean {
namespace {

std::string KeyFile(const std::string& name) {
  return absl::StrCat(::testing::TempDir(), "/", name, ".pem");
}

// Runs openssl with these arguments, none of which holds a space.
void OpenSsl(const std::string& arguments) {
  const std::vector<std::string> argv =
      absl::StrSplit(absl::StrCat("openssl ", arguments), ' ');
  ProcessOptions options;
  options.stdout_path = options.stderr_path =
      absl::StrCat(::testing::TempDir(), "/openssl.log");
  auto process = Process::Start(argv, options);
  const auto exit = process.ok()
                        ? process->Wait(absl::Now() + absl::Seconds(30))
                        : absl::StatusOr<ExitStatus>(process.status());
  if (exit.ok() && exit->ok()) return;
  std::cerr << "openssl " << arguments << ": "
            << (exit.ok() ? exit->ToString() : exit.status().ToString())
            << "; see " << options.stdout_path << std::endl;
  std::abort();
}

constexpr char kNewKey[] =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";

// A certificate authority of its own.
void MakeAuthority(const std::string& name) {
  OpenSsl(absl::StrCat(kNewKey, " -subj /CN=", name, " -keyout ",
                       KeyFile(name + "-key"), " -out ", KeyFile(name)));
}

// The broker's key and certificate, in one file as Kafka wants them.
void MakeBrokerKey() {
  const std::string file = KeyFile("broker");
  OpenSsl(absl::StrCat(kNewKey, " -subj /CN=broker -CA ", RightAuthority(),
                       " -CAkey ", KeyFile("right-authority-key"),
                       " -addext subjectAltName=IP:127.0.0.1", " -keyout ",
                       file, " -out ", KeyFile("broker-certificate")));
  std::ofstream(file, std::ios::app)
      << std::ifstream(KeyFile("broker-certificate")).rdbuf();
}

LocalKafkaOptions SecureOptions() {
  LocalKafkaOptions options;
  options.listeners = {{"SASL", "SASL_PLAINTEXT"}, {"TLS", "SASL_SSL"}};
  const std::string sasl = "listener.name.sasl.", tls = "listener.name.tls.";
  options.properties = {
      {"authorizer.class.name",
       "org.apache.kafka.metadata.authorizer.StandardAuthorizer"},
      // Who comes by the open listener: tests, the broker and its controller.
      {"super.users", "User:ANONYMOUS"},
      {"transaction.max.timeout.ms", "60000"},
      {sasl + "sasl.enabled.mechanisms", "PLAIN"},
      {sasl + "plain.sasl.jaas.config",
       absl::StrCat("org.apache.kafka.common.security.plain.PlainLoginModule "
                    "required user_",
                    kUser, "=\"", kPassword, "\";")},
      {tls + "sasl.enabled.mechanisms", "SCRAM-SHA-256"},
      {tls + "scram-sha-256.sasl.jaas.config",
       "org.apache.kafka.common.security.scram.ScramLoginModule required;"},
      {tls + "ssl.keystore.type", "PEM"},
      {tls + "ssl.keystore.location", KeyFile("broker")}};
  return options;
}

}  // namespace

std::string RightAuthority() { return KeyFile("right-authority"); }
std::string WrongAuthority() { return KeyFile("wrong-authority"); }

LocalKafka& SecureKafka() {
  static LocalKafka& kafka = []() -> LocalKafka& {
    MakeAuthority("right-authority");
    MakeAuthority("wrong-authority");
    MakeBrokerKey();
    setenv(kPasswordVariable, kPassword, 1);
    return SharedKafka(SecureOptions());
  }();
  return kafka;
}

KafkaProperties SaslProperties() {
  return {{"security.protocol", "SASL_PLAINTEXT"},
          {"sasl.mechanism", "PLAIN"},
          {"sasl.username", kUser},
          {"sasl.password", absl::StrCat("${env:", kPasswordVariable, "}")}};
}

KafkaProperties TlsProperties() {
  KafkaProperties properties = SaslProperties();
  properties["security.protocol"] = "SASL_SSL";
  properties["sasl.mechanism"] = "SCRAM-SHA-256";
  properties["ssl.ca.location"] = RightAuthority();
  return properties;
}

std::string KafkaConfig(const KafkaProperties& properties) {
  std::string text = "kafka { unreachable_deadline: \"5s\" ";
  for (const auto& [name, value] : properties) {
    absl::StrAppend(&text, "property { key: \"", name, "\" value: \"", value,
                    "\" } ");
  }
  return text + "} ";
}

absl::Status RunAclTool(const std::string& words) {
  const auto install = FindKafka();
  if (!install.ok()) return install.status();
  const std::vector<std::string> command = absl::StrSplit(
      absl::StrCat(install->java,
                   " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC "
                   "-XX:SharedArchiveFile=",
                   install->startup_archive, " -cp ", install->classpath,
                   " org.apache.kafka.tools.AclCommand ", words),
      ' ');
  ProcessOptions options;
  options.stdout_path = options.stderr_path =
      absl::StrCat(::testing::TempDir(), "/acls.log");
  auto tool = Process::Start(command, options);
  if (!tool.ok()) return tool.status();
  const auto exit = tool->Wait(absl::Now() + absl::Minutes(1));
  if (!exit.ok()) return exit.status();
  return exit->ok() ? absl::OkStatus() : absl::InternalError(exit->ToString());
}

}  // namespace exactmean
