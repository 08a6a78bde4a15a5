package exactmean.benchmark;

/** {"value": 12.345, "ts": 1700000000000}: parsed by hand, without objects. */
final class Json {
  private static final double[] POW10 = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  double value;
  long ts;

  void parse(byte[] b) {
    int i = 9; // {"value":
    if (b.length < 12 || b[0] != '{' || b[2] != 'v' || b[8] != ':') {
      throw new IllegalArgumentException("odd record");
    }
    while (b[i] == ' ') {
      i++;
    }
    boolean neg = b[i] == '-';
    if (neg) {
      i++;
    }
    long m = 0;
    int frac = 0;
    int c;
    while ((c = b[i] - '0') >= 0 && c <= 9) {
      m = m * 10 + c;
      i++;
    }
    if (b[i] == '.') {
      i++;
      while ((c = b[i] - '0') >= 0 && c <= 9 && frac < 9) {
        m = m * 10 + c;
        frac++;
        i++;
      }
    }
    value = (neg ? -m : m) / POW10[frac];
    while (b[i] != ':') {
      i++;
    }
    i++;
    while (b[i] == ' ') {
      i++;
    }
    long t = 0;
    while ((c = b[i] - '0') >= 0 && c <= 9) {
      t = t * 10 + c;
      i++;
    }
    if (b[i] != '}') {
      throw new IllegalArgumentException("odd record");
    }
    ts = t;
  }
}
