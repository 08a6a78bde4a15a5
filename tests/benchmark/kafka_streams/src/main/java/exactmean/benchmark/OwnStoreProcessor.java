package exactmean.benchmark;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/** The job over OwnStore; its changelog topic is the results topic. */
final class OwnStoreProcessor implements Processor<Bytes, byte[], Bytes, byte[]> {
  private final Json json = new Json();
  private final AtomicLong counter = Progress.counter();
  private OwnStore store;
  private long seen;

  @Override
  public void init(ProcessorContext<Bytes, byte[]> context) {
    store = context.getStateStore(JobTopology.STORE);
  }

  @Override
  public void process(Record<Bytes, byte[]> r) {
    if (seen == 0) {
      Progress.first();
    }
    json.parse(r.value());
    store.add(r.key(), json.value, json.ts, r.timestamp());
    counter.lazySet(++seen);
  }
}
