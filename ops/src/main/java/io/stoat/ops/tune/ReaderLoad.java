package io.stoat.ops.tune;

import io.stoat.store.EntryView;
import io.stoat.store.StoreReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads the store from shared memory, as a strategy beside the node does: in bursts. */
final class ReaderLoad {
    private static final int READS_A_BURST = 200;
    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Path dataDir;

    ReaderLoad(final Path dataDir) {
        this.dataDir = dataDir;
    }

    void run(final long durationMs) {
        final UnsafeBuffer[] keys = LoadKeys.all();
        final EntryView view = new EntryView();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(durationMs);
        try (StoreReader reader = StoreReader.attach(dataDir)) {
            int next = 0;
            while (System.nanoTime() - deadlineNs < 0) {
                for (int i = 0; i < READS_A_BURST; i++) {
                    final UnsafeBuffer key = keys[next];
                    next = next + 1 == keys.length ? 0 : next + 1;
                    int length;
                    long first;
                    do {
                        length = reader.find(key, 0, key.capacity(), view);
                        first = length < Long.BYTES ? 0 : view.getLong(0);
                    } while (length >= 0 && !view.isValid());
                    if (length >= 0 && first < 0) {
                        throw new IllegalStateException("a read was wrong: " + first);
                    }
                }
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }
}
