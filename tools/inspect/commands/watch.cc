// exactmean-inspect watch.

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "processor/stop.h"
#include "state/counts.h"
#include "tools/inspect/commands/commands.h"
#include "tools/inspect/commands/read_views.h"
#include "tools/inspect/flags.h"
#include "tools/inspect/progress.h"
#include "tools/inspect/screen.h"
#include "tools/inspect/terminal.h"
#include "tools/inspect/watch/follower.h"
#include "tools/inspect/watch/watch_model.h"
#include "tools/inspect/watch/watch_render.h"

ABSL_FLAG(absl::Duration, interval, absl::Seconds(1),
          "How often the view is made anew.");
ABSL_FLAG(std::string, window, "",
          "The window whose movers are shown; default: the first.");

namespace exactmean {
namespace {

// A screenful.
constexpr size_t kMovers = 50;

class Watch {
 public:
  Watch(Session* session, std::string title, std::vector<Partition> partitions,
        std::unique_ptr<TopicReader> reader)
      : session_(session),
        title_(std::move(title)),
        partitions_(std::move(partitions)),
        reader_(std::move(reader)),
        model_(partitions_, absl::GetFlag(FLAGS_window), kMovers),
        follower_(reader_.get(), &model_),
        limit_(absl::GetFlag(FLAGS_limit)),
        on_screen_(session->terminal().interactive && !session->json()) {}

  absl::Status Run() {
    absl::Status status = follower_.Open(partitions_, ScanOptionsOf(*session_));
    if (!status.ok()) return status;
    if (on_screen_) screen_ = std::make_unique<Screen>();
    status = Load();
    if (status.ok()) status = Follow();
    screen_.reset();  // before anything is said about the status
    return status;
  }

 private:
  bool Stopped() {
    if (screen_ != nullptr) {
      for (const char key : screen_->Keys()) {
        quit_ = quit_ || key == 'q';
        if (key == 'p') paused_ = !paused_;
        keyed_ = true;
      }
    }
    return quit_ || *session_->stop() || !session_->out().good();
  }

  // What is there already.
  absl::Status Load() {
    Progress progress =
        session_->MakeProgress("reading the state", 0, screen_ == nullptr);
    absl::Time drawn = absl::InfinitePast();
    absl::Time silent_since = session_->clock()->Now();
    while (!follower_.loaded() && !Stopped()) {
      const uint64_t before = follower_.records();
      absl::Status status = follower_.Read(absl::Milliseconds(50));
      if (!status.ok()) return status;
      if (follower_.records() > before) {
        silent_since = session_->clock()->Now();
      } else if (session_->clock()->Now() - silent_since >
                 absl::GetFlag(FLAGS_patience)) {
        status = follower_.WhySilent();
        if (!status.ok()) return status;
      }
      progress.Update(follower_.records());
      const absl::Time now = session_->clock()->Now();
      if (screen_ == nullptr || now - drawn < absl::Milliseconds(200)) continue;
      drawn = now;
      screen_->Draw(absl::StrCat(
          title_, "\nreading the state: ", WithCommas(follower_.records()),
          " records\n"));
    }
    return absl::OkStatus();
  }

  absl::Status Follow() {
    const absl::Duration interval = absl::GetFlag(FLAGS_interval);
    model_.Tick(absl::Now());
    absl::Time next = session_->clock()->Now();
    while (!Stopped()) {
      const absl::Time now = session_->clock()->Now();
      if (now >= next) {
        AskInputEnds();
        held_back_ = follower_.HeldBack(now, absl::GetFlag(FLAGS_patience));
        view_ = model_.Tick(absl::Now());
        view_.trouble = Trouble();
        next += interval;
        if (next <= now) next = now + interval;  // no hurry to catch up
        Show();
        if (limit_ > 0 && ++shown_ >= limit_) return absl::OkStatus();
      }
      const absl::Status status =
          follower_.Read(std::min(next - now, absl::Milliseconds(50)));
      if (!status.ok()) return status;
      Redraw();
    }
    return absl::OkStatus();
  }

  // The lag is a help, not what was asked for: what hinders it is a remark.
  void AskInputEnds() {
    remark_.clear();
    if (model_.input_topic().empty()) return;
    if (input_ == nullptr) {
      auto input =
          session_->OpenTopic(model_.input_topic(), Isolation::kCommitted);
      if (!input.ok()) {
        remark_ = absl::StrCat("no lag: ", input.status().message());
        return;
      }
      input_ = *std::move(input);
    }
    for (const Partition partition : partitions_) {
      const auto end = input_->StableEnd(partition);
      if (end.ok()) {
        model_.SetInputEnd(partition, *end);
        continue;
      }
      remark_ = absl::StrCat("no lag: ", end.status().message());
      for (const Partition other : partitions_) {
        model_.SetInputEnd(other, absl::nullopt);
      }
      return;
    }
  }

  void Show() {
    if (screen_ != nullptr) {
      keyed_ = true;  // draw it
      return;
    }
    session_->out() << (session_->json() ? WatchJson(view_) : WatchLine(view_))
                    << std::flush;
  }

  // When there is a new view, a key was pressed, or the terminal's size
  // changed.
  void Redraw() {
    if (screen_ == nullptr) return;
    const Terminal terminal = TerminalOf(STDOUT_FILENO);
    const bool resized =
        terminal.width != drawn_.width || terminal.height != drawn_.height;
    if (!resized && !keyed_) return;
    keyed_ = false;
    drawn_ = terminal;
    if (!paused_) shown_view_ = view_;
    screen_->Draw(WatchScreen(shown_view_, title_,
                              paused_ ? "PAUSED: p goes on" : Trouble(),
                              terminal));
  }

  // What keeps from reading counts more.
  const std::string& Trouble() const {
    if (!follower_.trouble().empty()) return follower_.trouble();
    return held_back_.empty() ? remark_ : held_back_;
  }

  Session* const session_;
  const std::string title_;
  const std::vector<Partition> partitions_;
  const std::unique_ptr<TopicReader> reader_;
  WatchModel model_;
  Follower follower_;
  const uint32_t limit_;
  const bool on_screen_;
  std::unique_ptr<Screen> screen_;      // null: lines
  std::unique_ptr<TopicReader> input_;  // null: not asked yet
  std::string held_back_;
  std::string remark_;
  WatchView view_;
  WatchView shown_view_;  // while paused, an older one
  Terminal drawn_;
  uint32_t shown_ = 0;
  bool keyed_ = false;
  bool paused_ = false;
  bool quit_ = false;
};

absl::Status Run(Session& session, absl::Span<const std::string> /*words*/) {
  if (absl::GetFlag(FLAGS_interval) < absl::Milliseconds(50)) {
    return Stop(StopReason::kConfig, "--interval is 50ms at least");
  }
  const auto options = session.RequireOptions();
  if (!options.ok()) return options.status();
  auto reader = session.OpenResults();
  if (!reader.ok()) return reader.status();
  const auto partitions = session.Partitions(reader->get());
  if (!partitions.ok()) return partitions.status();
  Watch watch(&session, options->results_topic, *partitions,
              *std::move(reader));
  return watch.Run();
}

}  // namespace

Command WatchCommand() {
  Command command;
  command.name = "watch";
  command.summary =
      "Live: how far partitions are, how fast, which averages move";
  command.description =
      R"(Reads the results topic once, follows it, and shows every --interval what has
changed. On a terminal the screen is drawn over; q or Ctrl-C leaves (exit code
0), p pauses the view. Elsewhere, and with --output=json, it is a line an
interval, so many as --limit says; trouble with the brokers stands at its end.

  NEXT OFFSET   of the input: what is before it is in the averages
  LAG           input offsets from there to the end that readers of committed
                records see; markers of transactions count, too
  LAST COMMIT   how long ago, by the clocks of processor and this machine
  RECORDS/S     of the input, folded in or passed, in the last interval
  COMMITS/S     likewise
  KEYS          live ones
Top movers are the keys whose average of --window differs most, relative to
its size, from that of one interval ago; new keys are none. One average of
each key is held in memory.

It cannot tell who processes a partition, or why it stands still: `status`
does.

--output=json, an object an interval: time, interval_seconds, keys, lag,
records_per_second, commits_per_second; partitions: [{partition, next_offset,
lag, commit_age_seconds, keys, records_per_second, commits_per_second}];
window; movers: [{key, key_base64 if it is no UTF-8, partition, before, now}],
50 at most; trouble: what keeps it from reading, or from telling the lag
(null: nothing). What is not known is null.
)";
  command.examples = {
      "watch --config=prices.textproto",
      "watch --config=prices.textproto --window=hour --interval=5s",
      "watch --config=prices.textproto --output=json --limit=1"};
  command.flags = {"interval", "window", "limit", "partition"};
  command.run = &Run;
  return command;
}

}  // namespace exactmean
