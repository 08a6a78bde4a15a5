// The terminal as a screen to draw on, given back as it was.

#ifndef EXACTMEAN_TOOLS_INSPECT_SCREEN_H_
#define EXACTMEAN_TOOLS_INSPECT_SCREEN_H_

#include <string>

#include "absl/strings/string_view.h"

namespace exactmean {

// Standard output on its alternate screen, without a cursor, and standard
// input, if it is a terminal, key by key; what was there before comes back when
// this object goes. Signals come as ever, but for Ctrl-Z and Ctrl-\, which
// would leave the terminal as it is. One at a time.
class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Shows `lines`, each ended by '\n', in the place of what is shown.
  void Draw(absl::string_view lines);

  // What was typed since the last call; waits for nothing.
  std::string Keys();
};

// What ~Screen does, for a signal handler that ends the process; no effect when
// there is no Screen. Async-signal-safe.
void RestoreScreen();

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_SCREEN_H_
