package exactmean.benchmark;

import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Streams' settings: those that measured best for this workload. */
final class Settings {
  private Settings() {}

  static Properties of(Options o) {
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, o.get("app"));
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, o.get("bootstrap"));
    p.put(StreamsConfig.STATE_DIR_CONFIG, o.get("state-dir"));
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, o.get("commit-ms", "100"));
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, o.get("threads", "2"));
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, "1");
    // Room for every key that a commit interval can change: no eviction between commits.
    p.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "1073741824");
    p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, "20000");
    p.put("enable.metrics.push", "false");
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), "10000");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), "4194304");
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), "1048576");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), "262144");
    p.put(
        StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), o.get("linger-ms", "100"));
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), "268435456");
    return p;
  }
}
