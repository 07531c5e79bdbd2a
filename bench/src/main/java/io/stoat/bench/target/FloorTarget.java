package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Payload;
import java.util.function.Function;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The physical floor in one process: what the rig itself costs, or a bare copy of the value out of
 * an array in memory, which no store can beat.
 */
final class FloorTarget implements Target {
    /** Of the memory that the JVM grants to buffers, which as a rule is as much as its heap. */
    private static final double MAX_SHARE = 0.75;

    private static final int CHUNK_LENGTH = 1 << 24;

    private final boolean copying;

    /**
     * @param copying true: copies values; false: does nothing.
     */
    FloorTarget(final boolean copying) {
        this.copying = copying;
    }

    @Override
    public String name() {
        return copying ? "memcpy" : "none";
    }

    @Override
    public String version() {
        return System.getProperty("java.vm.version");
    }

    @Override
    public String settings() {
        return copying
                ? "bare copy of the value from and to an array in memory; one thread a part; the array takes at most three quarters of the memory of the load's JVM, and keys for which it has no room share that of others"
                : "no store: key choice, two looks at the clock and the recording alone";
    }

    @Override
    public Connector open(final RunContext context) {
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return copying
                        ? inFlight -> new BlockingSession(new Copies(context), inFlight)
                        : inFlight -> new BlockingSession(new Nothing(), inFlight);
            }

            @Override
            public boolean isLoaded() {
                return true;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }

    /**
     * How many records each client has room for, in whole chunks unless all fit.
     *
     * @param wanted of each client.
     * @param length of a record, bytes.
     * @param clients that share the memory.
     * @param maxBytes of memory.
     */
    static long records(
            final long wanted, final int length, final int clients, final long maxBytes) {
        final long perChunk = CHUNK_LENGTH / length;
        final long chunks = Math.max(1, maxBytes / clients / CHUNK_LENGTH);
        return Math.min(wanted, chunks * perChunk);
    }

    private record Nothing() implements BlockingStore {
        @Override
        public int get(final Operation operation) {
            return operation.isAbsent() ? Outcome.MISS : Outcome.OK;
        }

        @Override
        public int put(final Operation operation) {
            return Outcome.OK;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    /** Each client has an array of its own, as large as the memory bound allows. */
    private static final class Copies implements BlockingStore {
        private final int length;
        private final long records;
        private final UnsafeBuffer[] chunks;
        private final long perChunk;
        private final UnsafeBuffer found;

        Copies(final RunContext context) {
            length = context.workload().valueLength();
            perChunk = CHUNK_LENGTH / length;
            records =
                    records(
                            context.capacity(),
                            length,
                            context.clients(),
                            (long) (Runtime.getRuntime().maxMemory() * MAX_SHARE));
            chunks = new UnsafeBuffer[(int) ((records + perChunk - 1) / perChunk)];
            for (int i = 0; i < chunks.length; i++) {
                chunks[i] =
                        new UnsafeBuffer(
                                java.nio.ByteBuffer.allocateDirect((int) perChunk * length));
            }
            found = new UnsafeBuffer(java.nio.ByteBuffer.allocateDirect(length));
            for (long index = 0; index < records; index++) {
                Payload.encodeValue(found, length, index, index);
                chunk(index).putBytes(offset(index), found, 0, length);
            }
        }

        private UnsafeBuffer chunk(final long index) {
            return chunks[(int) (index % records / perChunk)];
        }

        private int offset(final long index) {
            return (int) (index % records % perChunk) * length;
        }

        @Override
        public int get(final Operation operation) {
            if (operation.isAbsent()) {
                return Outcome.MISS;
            }
            final long index = operation.index();
            found.putBytes(0, chunk(index), offset(index), length);
            return index >= records || operation.isAnsweredBy(found, 0, length)
                    ? Outcome.OK
                    : Outcome.WRONG;
        }

        @Override
        public int put(final Operation operation) {
            if (operation.index() < records) {
                chunk(operation.index())
                        .putBytes(offset(operation.index()), operation.value(), 0, length);
            }
            return Outcome.OK;
        }

        @Override
        public void close() {
            // the garbage collector's
        }
    }
}
