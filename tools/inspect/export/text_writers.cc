// CSV and JSON lines.

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/json.h"
#include "tools/inspect/export/export_writer.h"

namespace exactmean {
namespace {

constexpr size_t kFlushBytes = 1 << 20;

absl::Status Flush(std::string* text, std::ostream* out) {
  out->write(text->data(), static_cast<std::streamsize>(text->size()));
  text->clear();
  if (out->good()) return absl::OkStatus();
  return absl::InternalError("cannot write the output: is the disk full?");
}

class CsvWriter : public ExportWriter {
 public:
  explicit CsvWriter(std::ostream* out) : out_(out) {}

  absl::Status Begin(const std::vector<NamedWindow>& windows) override {
    windows_ = windows;
    text_ = "key,key_base64,partition,offset,last_offset,event_time,records";
    for (const NamedWindow& window : windows_) {
      for (const std::string& column : ColumnsOf(window)) {
        absl::StrAppend(&text_, ",", window.name, "_", column);
      }
    }
    absl::StrAppend(&text_, "\r\n");
    return absl::OkStatus();
  }

  absl::Status Write(const ExportRow& row) override {
    const results::Snapshot& snapshot = row.snapshot;
    if (IsUtf8(row.key)) {
      AppendQuoted(row.key);
      text_ += ',';
    } else {
      AppendQuoted(KeyColumn(row.key));
      absl::StrAppend(&text_, ",", absl::Base64Escape(row.key));
    }
    absl::StrAppend(&text_, ",", row.partition.value(), ",",
                    row.result_offset.value());
    absl::StrAppend(&text_, ",", snapshot.last_offset(), ",");
    AppendTimeText(snapshot.event_time(), &text_);
    absl::StrAppend(&text_, ",", snapshot.records());
    for (size_t i = 0; i < windows_.size(); ++i) {
      const results::Average& a = snapshot.averages(static_cast<int>(i));
      const bool empty = a.count() == 0;
      text_ += ',';
      if (!empty) AppendJsonNumber(a.average(), &text_);
      absl::StrAppend(&text_, ",", a.count());
      if (!windows_[i].has_spread) continue;
      for (const double value : {a.min(), a.max(), a.stddev()}) {
        text_ += ',';
        if (!empty) AppendJsonNumber(value, &text_);
      }
    }
    absl::StrAppend(&text_, "\r\n");
    return text_.size() < kFlushBytes ? absl::OkStatus() : Flush(&text_, out_);
  }

  absl::Status WriteCheckpoint(const results::Checkpoint&) override {
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    const absl::Status status = Flush(&text_, out_);
    out_->flush();
    return status;
  }

 private:
  void AppendQuoted(const std::string& field) {
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      text_ += field;
      return;
    }
    text_ += '"';
    for (const char c : field) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
  }

  std::ostream* const out_;
  std::vector<NamedWindow> windows_;
  std::string text_;  // not yet written
};

class JsonlWriter : public ExportWriter {
 public:
  explicit JsonlWriter(std::ostream* out) : out_(out) {}

  absl::Status Begin(const std::vector<NamedWindow>& windows) override {
    for (const NamedWindow& window : windows) {
      Members& members = windows_.emplace_back();
      for (const std::string& column : ColumnsOf(window)) {
        members.push_back(absl::StrCat(
            ",", JsonString(absl::StrCat(window.name, "_", column)), ":"));
      }
    }
    return absl::OkStatus();
  }

  absl::Status Write(const ExportRow& row) override {
    const results::Snapshot& snapshot = row.snapshot;
    absl::StrAppend(&text_, "{\"key\":", JsonString(KeyColumn(row.key)));
    if (!IsUtf8(row.key)) {
      absl::StrAppend(&text_, ",\"key_base64\":\"", absl::Base64Escape(row.key),
                      "\"");
    }
    absl::StrAppend(&text_, ",\"partition\":", row.partition.value(),
                    ",\"offset\":", row.result_offset.value(),
                    ",\"last_offset\":", snapshot.last_offset());
    text_ += ",\"event_time\":\"";
    AppendTimeText(snapshot.event_time(), &text_);
    absl::StrAppend(&text_, "\",\"records\":", snapshot.records());
    for (size_t i = 0; i < windows_.size(); ++i) {
      Append(windows_[i], snapshot.averages(static_cast<int>(i)));
    }
    absl::StrAppend(&text_, "}\n");
    return text_.size() < kFlushBytes ? absl::OkStatus() : Flush(&text_, out_);
  }

  absl::Status WriteCheckpoint(const results::Checkpoint&) override {
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    const absl::Status status = Flush(&text_, out_);
    out_->flush();
    return status;
  }

 private:
  using Members = std::vector<std::string>;  // ,"NAME": of each column

  void Append(const Members& members, const results::Average& a) {
    const double values[] = {a.average(), 0, a.min(), a.max(), a.stddev()};
    for (size_t i = 0; i < members.size(); ++i) {
      if (i == 1) {
        absl::StrAppend(&text_, members[i], a.count());
      } else {
        text_ += members[i];
        if (a.count() == 0) {
          text_ += "null";
        } else {
          AppendJsonNumber(values[i], &text_);
        }
      }
    }
  }

  std::ostream* const out_;
  std::vector<Members> windows_;
  std::string text_;  // not yet written
};

}  // namespace

std::unique_ptr<ExportWriter> MakeCsvWriter(std::ostream* out) {
  return std::make_unique<CsvWriter>(out);
}

std::unique_ptr<ExportWriter> MakeJsonlWriter(std::ostream* out) {
  return std::make_unique<JsonlWriter>(out);
}

std::vector<std::string> ColumnsOf(const NamedWindow& window) {
  if (!window.has_spread) return {"average", "count"};
  return {"average", "count", "min", "max", "stddev"};
}

std::string KeyColumn(const std::string& key) {
  return IsUtf8(key) ? key : PrintableKey(key);
}

}  // namespace exactmean
