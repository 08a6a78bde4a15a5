// What a stream can show.

#ifndef EXACTMEAN_TOOLS_INSPECT_TERMINAL_H_
#define EXACTMEAN_TOOLS_INSPECT_TERMINAL_H_

namespace exactmean {

struct Terminal {
  bool interactive = false;  // somebody looks at it
  int width = 0;             // columns; 0: not bounded, as in a file
  int height = 0;            // lines; 0: not bounded
  bool colour = false;       // never when NO_COLOR is set (no-color.org)
};

// Of a file descriptor; COLUMNS overrides a terminal's width.
Terminal TerminalOf(int descriptor);

}  // namespace exactmean

#endif  // EXACTMEAN_TOOLS_INSPECT_TERMINAL_H_
