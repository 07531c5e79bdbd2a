package io.stoat.bench.target;

import io.stoat.bench.contender.Block;
import io.stoat.bench.contender.BlockAccess;
import io.stoat.bench.contender.BlockReader;
import io.stoat.bench.workload.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import net.openhft.chronicle.map.ChronicleMap;

/**
 * Chronicle Map at its best, in the load's process: keys and values in native memory that is
 * reused, through marshallers for these fixed lengths.
 */
final class ChronicleTarget implements Target {
    @Override
    public String name() {
        return "chronicle-map";
    }

    @Override
    public String version() {
        return Libraries.version(ChronicleMap.class);
    }

    @Override
    public String settings() {
        return "native keys and values with own marshallers, getUsing, constant sizes, putReturnsNull, checksumEntries off, file in memory; no expiry";
    }

    @Override
    public Connector open(final RunContext context) {
        final Block key = new Block(context.workload().keyLength());
        final Block value = new Block(context.workload().valueLength());
        final ChronicleMap<Block, Block> map;
        try {
            map =
                    ChronicleMap.of(Block.class, Block.class)
                            .name("bench")
                            .entries(Math.max(1_000, context.capacity()))
                            .keyReaderAndDataAccess(new BlockReader(), new BlockAccess())
                            .valueReaderAndDataAccess(new BlockReader(), new BlockAccess())
                            .constantKeySizeBySample(key)
                            .constantValueSizeBySample(value)
                            .putReturnsNull(true)
                            .checksumEntries(false)
                            .createPersistedTo(
                                    context.directory().resolve("chronicle.map").toFile());
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot create a map in " + context.directory(), ex);
        }
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return BlockingSession.of(new Entries(map, context));
            }

            @Override
            public void close() {
                map.close();
            }
        };
    }

    private static final class Entries implements BlockingStore {
        private final ChronicleMap<Block, Block> map;
        private final Block key;
        private final Block value;
        private final Block using;

        Entries(final ChronicleMap<Block, Block> map, final RunContext context) {
            this.map = map;
            key = new Block(context.workload().keyLength());
            value = new Block(context.workload().valueLength());
            using = new Block(context.workload().valueLength());
        }

        @Override
        public int get(final Operation operation) {
            key.copyFrom(operation.key().addressOffset());
            if (map.getUsing(key, using) == null) {
                return Outcome.MISS;
            }
            return operation.isAnsweredBy(using.buffer(), 0, using.length())
                    ? Outcome.OK
                    : Outcome.WRONG;
        }

        @Override
        public int put(final Operation operation) {
            key.copyFrom(operation.key().addressOffset());
            value.copyFrom(operation.value().addressOffset());
            map.put(key, value);
            return Outcome.OK;
        }

        @Override
        public void close() {
            // the connector's
        }
    }
}
