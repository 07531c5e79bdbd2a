package io.stoat.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A value's length is torn for most of the time, each time under an odd sequence: no reader may
 * take it for the value's length, which would lead it out of a value that is long enough.
 */
class TornLengthTest {
    private static final int LENGTH = 16;
    private static final int TORN_LENGTH = 4;
    private static final int READS = 200_000;

    @TempDir Path dir;
    private final UnsafeBuffer key = TestBytes.heap(16);

    @BeforeEach
    void chooseKey() {
        TestBytes.putKey(key, 1);
    }

    /** What one reader does again and again while the length is torn and mended. */
    private interface Read {
        int from(StoreReader reader, EntryView view);
    }

    @Test
    void shouldNotFindATornLength() throws Exception {
        assertAllOfLength(
                (reader, view) -> {
                    final int length = reader.find(key, 0, 16, view);
                    assertEquals(length, view.valueLength());
                    view.getLong(LENGTH - Long.BYTES);
                    return length;
                });
    }

    @Test
    void shouldNotLetAConsumerMeetATornLength() throws Exception {
        assertAllOfLength(
                (reader, view) ->
                        reader.read(key, 0, 16, view, entry -> entry.getLong(LENGTH - Long.BYTES)));
    }

    private void assertAllOfLength(final Read read) throws Exception {
        final StoreContext context =
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(1)
                        .segmentsPerShard(1)
                        .entries(10)
                        .maxValueLength(64);
        try (Store store = Store.open(context)) {
            assertEquals(Status.OK, store.put(key, 0, 16, TestBytes.heap(LENGTH), 0, LENGTH, 0));
            try (StoreReader reader = StoreReader.attach(dir);
                    Tearing tearing = new Tearing(dir)) {
                final EntryView view = new EntryView();
                for (int i = 0; i < READS || !tearing.hasTornOften(); i++) {
                    assertEquals(LENGTH, read.from(reader, view));
                }
            }
        }
    }

    /** A writer that never gets further than its value's length. */
    private static final class Tearing implements AutoCloseable {
        private static final long OFTEN = 1_000_000;

        private final ControlFile control;
        private final MappedFile map;
        private final long lengthAddress;
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread = new Thread(this::run, "tearing");
        private volatile long rounds;

        Tearing(final Path dir) {
            control = ControlFile.open(ShardFiles.control(dir, 0), 0, true);
            map = MappedFile.map(ShardFiles.map(dir, 0), true, control.mappedLength());
            lengthAddress = lengthAddress();
            assertEquals(ValueDescriptor.HEADER_LENGTH + LENGTH, UnsafeApi.getByte(lengthAddress));
            thread.start();
        }

        /** Where the length of the only entry's value is. */
        private long lengthAddress() {
            final EntryFinder finder =
                    new EntryFinder(control.layout(), map.address(), map.length());
            final long tier = finder.firstTier(0);
            long slot = 0;
            while (finder.entryAt(tier, slot) != EntryFinder.FOUND) {
                slot++;
            }
            return finder.keyAddress() + finder.keyLength();
        }

        boolean hasTornOften() {
            assertTrue(thread.isAlive(), "the length is no longer torn");
            return rounds >= OFTEN;
        }

        private void run() {
            final long sequenceAddress = control.sequenceAddress(0);
            long sequence = UnsafeApi.getLong(sequenceAddress);
            while (!stopped.get()) {
                UnsafeApi.putLongVolatile(null, sequenceAddress, sequence + 1);
                setLength(TORN_LENGTH);
                Thread.onSpinWait();
                setLength(LENGTH);
                sequence += 2;
                UnsafeApi.putLongVolatile(null, sequenceAddress, sequence);
                rounds++;
            }
        }

        private void setLength(final int length) {
            UnsafeApi.putByteVolatile(
                    null, lengthAddress, (byte) (ValueDescriptor.HEADER_LENGTH + length));
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            thread.join();
            map.close();
            control.close();
        }
    }
}
