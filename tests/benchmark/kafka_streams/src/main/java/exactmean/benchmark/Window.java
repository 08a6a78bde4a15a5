package exactmean.benchmark;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The per-key state as one byte array, worked on in place: no objects per record.
 *
 * <p>Little-endian: count u64, average f64, last ts i64, n u8, next u8, six bytes of padding,
 * then n doubles of the window (the layout of bare_loop/window.h).
 */
final class Window {
  static final int SIZE = 10;
  static final int HEAD = 32;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private Window() {}

  /** The state after one more value: a fresh array (the store keeps the old one). */
  static byte[] add(byte[] old, double value, long ts) {
    int n = old == null ? 0 : old[24];
    int next = old == null ? 0 : old[25];
    int grown = n < SIZE ? n + 1 : n;
    byte[] now = new byte[HEAD + grown * 8];
    if (old != null) {
      System.arraycopy(old, 0, now, 0, old.length);
    }
    addInPlace(now, value, ts, grown, next);
    return now;
  }

  static void addInPlace(byte[] s, double value, long ts, int n, int next) {
    DOUBLE.set(s, HEAD + next * 8, value);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) DOUBLE.get(s, HEAD + i * 8);
    }
    LONG.set(s, 0, (long) LONG.get(s, 0) + 1);
    DOUBLE.set(s, 8, sum / n);
    LONG.set(s, 16, ts);
    s[24] = (byte) n;
    s[25] = (byte) (next + 1 == SIZE ? 0 : next + 1);
  }

  /** What goes to the results topic when the changelog holds the state: count, average, ts. */
  static byte[] result(byte[] state) {
    byte[] out = new byte[24];
    System.arraycopy(state, 0, out, 0, 24);
    return out;
  }
}
