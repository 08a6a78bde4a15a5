package exactmean.benchmark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * What an expert could write to get past the stock stores: a hash map of mutable windows, and each
 * changed key logged once a commit. It leans on Streams' internals (CachedStateStore, logChange),
 * which a product would think twice about; here it bounds what Streams can do for this job.
 */
final class OwnStore implements StateStore, CachedStateStore<Bytes, byte[]> {
  static final class Entry {
    final Bytes key;
    byte[] state;
    boolean dirty;

    Entry(Bytes key, byte[] state) {
      this.key = key;
      this.state = state;
    }
  }

  private final String name;
  private final Map<Bytes, Entry> map = new HashMap<>();
  private final ArrayList<Entry> dirty = new ArrayList<>();
  private final Position position = Position.emptyPosition();
  private InternalProcessorContext<?, ?> context;
  private boolean open;
  private long lastTs;

  OwnStore(String name) {
    this.name = name;
  }

  void add(Bytes key, double value, long ts, long recordTs) {
    Entry e = map.get(key);
    if (e == null) {
      e = new Entry(key, Window.add(null, value, ts));
      map.put(key, e);
    } else {
      byte[] s = e.state;
      if (s[24] < Window.SIZE) {
        e.state = Window.add(s, value, ts);
      } else {
        Window.addInPlace(s, value, ts, Window.SIZE, s[25]);
      }
    }
    lastTs = recordTs;
    if (!e.dirty) {
      e.dirty = true;
      dirty.add(e);
    }
  }

  @Override
  public void flushCache() {
    for (int i = 0; i < dirty.size(); i++) {
      Entry e = dirty.get(i);
      e.dirty = false;
      // The collector serializes (so copies) the bytes before the window changes again.
      context.logChange(name, e.key, e.state, lastTs, new RecordHeaders(), position);
    }
    dirty.clear();
  }

  @Override
  public void clearCache() {
    dirty.clear();
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<Bytes, byte[]> listener, boolean old) {
    return false;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    this.context = (InternalProcessorContext<?, ?>) context;
    open = true;
    context.register(
        root,
        (byte[] k, byte[] v) -> {
          Bytes key = Bytes.wrap(k);
          if (v == null) {
            map.remove(key);
          } else {
            map.put(key, new Entry(key, v));
          }
        });
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    map.clear();
    dirty.clear();
    open = false;
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public Position getPosition() {
    return position;
  }

  static StoreBuilder<OwnStore> builder(String name, Map<String, String> logConfig) {
    return new StoreBuilder<>() {
      @Override
      public StoreBuilder<OwnStore> withCachingEnabled() {
        return this;
      }

      @Override
      public StoreBuilder<OwnStore> withCachingDisabled() {
        return this;
      }

      @Override
      public StoreBuilder<OwnStore> withLoggingEnabled(Map<String, String> config) {
        return this;
      }

      @Override
      public StoreBuilder<OwnStore> withLoggingDisabled() {
        return this;
      }

      @Override
      public OwnStore build() {
        return new OwnStore(name);
      }

      @Override
      public Map<String, String> logConfig() {
        return logConfig;
      }

      @Override
      public boolean loggingEnabled() {
        return true;
      }

      @Override
      public String name() {
        return name;
      }
    };
  }
}
