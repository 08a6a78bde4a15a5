package exactmean.benchmark;

import java.util.HashMap;
import java.util.Map;

/**
 * The command line, each --name value:
 *
 * <pre>
 * bootstrap, input, output, app   where and under which application id
 * state-dir  state.dir
 * threads    num.stream.threads (2)
 * store      memory | own (OwnStore; emits by its changelog only)
 * cache      true | false: false logs (and with forward emits) every record's update
 * emit       forward: each changed key to output, besides the changelog;
 *            changelog: the store's changelog is the results topic
 * commit-ms  commit.interval.ms (100)
 * linger-ms  the producer's linger.ms (100)
 * records    how many the input will have; default: those that are there at the start
 * timeout-s  gives up after (600)
 * </pre>
 */
final class Options {
  private final Map<String, String> given = new HashMap<>();

  Options(String[] args) {
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i].substring(2), args[i + 1]);
    }
  }

  String get(String name) {
    String value = given.get(name);
    if (value == null) {
      throw new IllegalArgumentException("--" + name + " is missing");
    }
    return value;
  }

  String get(String name, String otherwise) {
    return given.getOrDefault(name, otherwise);
  }

  boolean ownStore() {
    return get("store", "memory").equals("own");
  }

  boolean forward() {
    return get("emit", "forward").equals("forward");
  }

  boolean cache() {
    return Boolean.parseBoolean(get("cache", "true"));
  }
}
