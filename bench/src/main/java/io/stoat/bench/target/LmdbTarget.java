package io.stoat.bench.target;

import static org.lmdbjava.DbiFlags.MDB_CREATE;
import static org.lmdbjava.EnvFlags.MDB_NOSYNC;
import static org.lmdbjava.EnvFlags.MDB_NOTLS;
import static org.lmdbjava.EnvFlags.MDB_WRITEMAP;

import io.stoat.bench.workload.Operation;
import java.util.function.Function;
import org.agrona.DirectBuffer;
import org.lmdbjava.Dbi;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.Meta;
import org.lmdbjava.Txn;

/** LMDB through lmdbjava with Agrona buffers, in the load's process; nothing is forced to disk. */
final class LmdbTarget implements Target {
    private static final long SPARE_BYTES = 64L << 20;
    private static final int PAGE_BYTES = 4096;

    @Override
    public String name() {
        return "lmdb";
    }

    @Override
    public String absence() {
        try {
            Meta.version();
            return null;
        } catch (final LinkageError | RuntimeException ex) {
            return "its native library does not load: " + ex.getMessage();
        }
    }

    @Override
    public String version() {
        final Meta.Version lmdb = Meta.version();
        return String.format(
                "lmdbjava %s, LMDB %d.%d.%d",
                Libraries.version(Env.class), lmdb.major, lmdb.minor, lmdb.patch);
    }

    @Override
    public String settings() {
        return "MDB_NOTLS, MDB_WRITEMAP, MDB_NOSYNC, Agrona buffers; read transaction renewed for each get, one write transaction a put; no expiry";
    }

    @Override
    public Connector open(final RunContext context) {
        final long entryBytes =
                context.workload().keyLength() + context.workload().valueLength() + 64L;
        final long overflow = entryBytes > PAGE_BYTES / 2 ? 2L * PAGE_BYTES : 0;
        final Env<DirectBuffer> env =
                Env.create(DirectBufferProxy.PROXY_DB)
                        .setMapSize(SPARE_BYTES + context.capacity() * (entryBytes * 3 + overflow))
                        .setMaxDbs(1)
                        .setMaxReaders(256)
                        .open(context.directory().toFile(), MDB_NOTLS, MDB_WRITEMAP, MDB_NOSYNC);
        final Dbi<DirectBuffer> dbi = env.openDbi("records", MDB_CREATE);
        return new Connector() {
            @Override
            public Function<InFlight, Session> connect(final int client) {
                return BlockingSession.of(new Records(env, dbi));
            }

            @Override
            public void close() {
                dbi.close();
                env.close();
            }
        };
    }

    private static final class Records implements BlockingStore {
        private final Env<DirectBuffer> env;
        private final Dbi<DirectBuffer> dbi;
        private final Txn<DirectBuffer> read;

        Records(final Env<DirectBuffer> env, final Dbi<DirectBuffer> dbi) {
            this.env = env;
            this.dbi = dbi;
            read = env.txnRead();
            read.reset();
        }

        @Override
        public int get(final Operation operation) {
            read.renew();
            final DirectBuffer value = dbi.get(read, operation.key());
            final int outcome =
                    value == null
                            ? Outcome.MISS
                            : operation.isAnsweredBy(value, 0, value.capacity())
                                    ? Outcome.OK
                                    : Outcome.WRONG;
            read.reset();
            return outcome;
        }

        @Override
        public int put(final Operation operation) {
            try (Txn<DirectBuffer> txn = env.txnWrite()) {
                dbi.put(txn, operation.key(), operation.value());
                txn.commit();
            }
            return Outcome.OK;
        }

        @Override
        public void close() {
            read.close();
        }
    }
}
