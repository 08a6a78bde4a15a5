package exactmean.benchmark;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.processor.StateRestoreListener;

/**
 * Kafka Streams' side of the comparison; see Options for the command line. Ends when the group's
 * committed offsets reach the input's end: as it was at the start, or as it will be by option. The
 * last line says how many records, and when the first was there and the last was committed (looked
 * at every 10 ms).
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    Options options = new Options(args);
    KafkaStreams streams = new KafkaStreams(JobTopology.of(options), Settings.of(options));
    streams.setUncaughtExceptionHandler(
        e -> {
          e.printStackTrace();
          return StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    AtomicLong restored = new AtomicLong();
    streams.setGlobalStateRestoreListener(new Count(restored));
    boolean done;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", options.get("bootstrap")))) {
      done = process(streams, admin, options);
    }
    if (!done) {
      System.exit(1);
    }
    System.out.printf(
        "RESULT records=%d first_ms=%d done_ms=%d restored=%d%n",
        Progress.total(), Progress.firstEpochMs(), System.currentTimeMillis(), restored.get());
    System.out.flush();
    // A restart need not wait for the session of the member before it.
    streams.close(
        CloseOptions.timeout(Duration.ofSeconds(30))
            .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    System.exit(0);
  }

  /** False: it failed or took too long, and the reason is printed. */
  private static boolean process(KafkaStreams streams, Admin admin, Options options)
      throws Exception {
    String app = options.get("app");
    long seconds = Long.parseLong(options.get("timeout-s", "600"));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    String given = options.get("records", "");
    long end = given.isEmpty() ? endOf(admin, options.get("input")) : Long.parseLong(given);
    long want = end - committed(admin, app);
    streams.start();
    while (Progress.total() < want || committed(admin, app) < end) {
      if (streams.state() == KafkaStreams.State.ERROR
          || streams.state() == KafkaStreams.State.NOT_RUNNING
          || System.nanoTime() > deadline) {
        System.err.printf(
            "gave up: state %s at record %d of %d%n", streams.state(), Progress.total(), want);
        return false;
      }
      Thread.sleep(10);
    }
    return true;
  }

  private static long endOf(Admin admin, String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (var p :
        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions()) {
      ends.put(new TopicPartition(topic, p.partition()), OffsetSpec.latest());
    }
    long end = 0;
    for (var result : admin.listOffsets(ends).all().get().values()) {
      end += result.offset();
    }
    return end;
  }

  private static long committed(Admin admin, String group) throws Exception {
    long sum = 0;
    for (OffsetAndMetadata m :
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values()) {
      sum += m == null ? 0 : m.offset();
    }
    return sum;
  }

  /** Counts what is restored. */
  private record Count(AtomicLong records) implements StateRestoreListener {
    @Override
    public void onRestoreStart(TopicPartition tp, String store, long from, long to) {}

    @Override
    public void onBatchRestored(TopicPartition tp, String store, long offset, long n) {
      records.addAndGet(n);
    }

    @Override
    public void onRestoreEnd(TopicPartition tp, String store, long total) {}
  }
}
