package exactmean.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** How many records the tasks have processed; written lazily, so that it costs nothing. */
final class Progress {
  private static final List<AtomicLong> COUNTERS = new ArrayList<>();
  private static long firstEpochMs;

  private Progress() {}

  static synchronized AtomicLong counter() {
    AtomicLong c = new AtomicLong();
    COUNTERS.add(c);
    return c;
  }

  /** Each task says so at its first record; the first of all counts. */
  static synchronized void first() {
    if (firstEpochMs == 0) {
      firstEpochMs = System.currentTimeMillis();
    }
  }

  static synchronized long firstEpochMs() {
    return firstEpochMs;
  }

  static synchronized long total() {
    long sum = 0;
    for (AtomicLong c : COUNTERS) {
      sum += c.get();
    }
    return sum;
  }
}
