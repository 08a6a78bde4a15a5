package exactmean.benchmark;

import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.Stores;

/** The job as a topology over byte arrays, in the form that the options ask for. */
final class JobTopology {
  static final String STORE = "averages";
  private static final String SOURCE = "in";
  private static final String AVERAGE = "average";

  private JobTopology() {}

  static Topology of(Options o) {
    var bytes = Serdes.Bytes();
    var array = Serdes.ByteArray();
    Topology t = new Topology();
    t.addSource(SOURCE, bytes.deserializer(), array.deserializer(), o.get("input"));
    if (o.ownStore()) {
      if (o.forward()) {
        throw new IllegalArgumentException("--store own wants --emit changelog");
      }
      ProcessorSupplier<Bytes, byte[], Bytes, byte[]> own = OwnStoreProcessor::new;
      t.addProcessor(AVERAGE, own, SOURCE);
      t.addStateStore(OwnStore.builder(STORE, Map.of()), AVERAGE);
      return t;
    }
    boolean forward = o.forward();
    boolean cache = o.cache();
    ProcessorSupplier<Bytes, byte[], Bytes, byte[]> stock =
        () -> new StoreProcessor(forward, cache);
    t.addProcessor(AVERAGE, stock, SOURCE);
    var store =
        Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(STORE), bytes, array)
            .withLoggingEnabled(Map.of());
    t.addStateStore(cache ? store.withCachingEnabled() : store.withCachingDisabled(), AVERAGE);
    if (forward) {
      t.addSink("out", o.get("output"), bytes.serializer(), array.serializer(), AVERAGE);
    }
    return t;
  }
}
