package exactmean.benchmark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.kstream.internals.Change;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorNode;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.internals.WrappedStateStore;

/**
 * The job over a cached KeyValueStore. With forward, a changed key goes downstream once a commit,
 * when the store's cache is flushed: the mechanism that the DSL's aggregate uses.
 */
final class StoreProcessor implements Processor<Bytes, byte[], Bytes, byte[]> {
  private final boolean forward;
  private final boolean cache;
  private final Json json = new Json();
  private final AtomicLong counter = Progress.counter();
  private KeyValueStore<Bytes, byte[]> store;
  private ProcessorContext<Bytes, byte[]> context;
  private long seen;

  StoreProcessor(boolean forward, boolean cache) {
    this.forward = forward;
    this.cache = cache;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void init(ProcessorContext<Bytes, byte[]> context) {
    this.context = context;
    store = context.getStateStore(JobTopology.STORE);
    if (!forward || !cache) {
      return;
    }
    InternalProcessorContext<Bytes, byte[]> internal =
        (InternalProcessorContext<Bytes, byte[]>) context;
    ProcessorNode<?, ?, ?, ?> me = internal.currentNode();
    boolean cached =
        ((WrappedStateStore<?, Bytes, byte[]>) store)
            .setFlushListener(
                (Record<Bytes, Change<byte[]>> r) -> {
                  ProcessorNode<?, ?, ?, ?> before = internal.currentNode();
                  internal.setCurrentNode(me);
                  try {
                    internal.forward(r.withValue(Window.result(r.value().newValue)));
                  } finally {
                    internal.setCurrentNode(before);
                  }
                },
                false);
    if (!cached) {
      throw new IllegalStateException("the store has no cache");
    }
  }

  @Override
  public void process(Record<Bytes, byte[]> r) {
    if (seen == 0) {
      Progress.first();
    }
    json.parse(r.value());
    byte[] state = Window.add(store.get(r.key()), json.value, json.ts);
    store.put(r.key(), state);
    if (forward && !cache) {
      context.forward(r.withValue(Window.result(state)));
    }
    counter.lazySet(++seen);
  }
}
