// Screen.

#include "tools/inspect/screen.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace exactmean {
namespace {

// The alternate screen, no cursor, no wrapping of lines; and all of it back.
constexpr char kEnter[] = "\x1b[?1049h\x1b[?25l\x1b[?7l";
constexpr char kLeave[] = "\x1b[?7h\x1b[?25h\x1b[?1049l";

// Not members: a signal handler knows no object.
termios saved;                         // of standard input
std::atomic<bool> input_saved{false};  // is it to be restored?
std::atomic<bool> entered{false};

void WriteAll(absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // the terminal is gone: nobody looks
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

Screen::Screen() {
  if (tcgetattr(STDIN_FILENO, &saved) == 0) {
    termios keys = saved;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    keys.c_cc[VSUSP] = _POSIX_VDISABLE;
    keys.c_cc[VQUIT] = _POSIX_VDISABLE;
    input_saved = true;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  entered = true;
  WriteAll(kEnter);
}

Screen::~Screen() { RestoreScreen(); }

void Screen::Draw(absl::string_view lines) {
  std::string text = "\x1b[H";
  absl::string_view rest = lines;
  if (!rest.empty() && rest.back() == '\n') rest.remove_suffix(1);
  bool first = true;
  for (const absl::string_view line : absl::StrSplit(rest, '\n')) {
    absl::StrAppend(&text, first ? "" : "\r\n", line, "\x1b[K");
    first = false;
  }
  absl::StrAppend(&text, "\x1b[J");
  WriteAll(text);
}

std::string Screen::Keys() {
  std::string keys;
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  while (input_saved && poll(&input, 1, 0) > 0 && (input.revents & POLLIN)) {
    char key;
    if (read(STDIN_FILENO, &key, 1) != 1) break;
    keys += key;
  }
  return keys;
}

void RestoreScreen() {
  if (entered.exchange(false)) WriteAll(kLeave);
  if (input_saved.exchange(false)) tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

}  // namespace exactmean
