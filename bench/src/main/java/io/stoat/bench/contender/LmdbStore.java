package io.stoat.bench.contender;

import static org.lmdbjava.DbiFlags.MDB_CREATE;
import static org.lmdbjava.EnvFlags.MDB_NOSYNC;
import static org.lmdbjava.EnvFlags.MDB_NOTLS;
import static org.lmdbjava.EnvFlags.MDB_WRITEMAP;

import org.agrona.DirectBuffer;
import org.lmdbjava.Dbi;
import org.lmdbjava.DirectBufferProxy;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/**
 * LMDB through lmdbjava with Agrona buffers: a read renews the one read transaction, so that it
 * sees the latest commit as every other contender's reads do; a put is one write transaction.
 * Nothing is ever forced to disk.
 */
final class LmdbStore implements Contender {
    private static final long BYTES_PER_RECORD = 1024;
    private static final long SPARE_BYTES = 64L << 20;

    private final RecordBuffers buffers = new RecordBuffers();
    private final ScratchDirectory directory = ScratchDirectory.create();
    private final boolean renewing;
    private final Env<DirectBuffer> env;
    private final Dbi<DirectBuffer> dbi;
    private final Txn<DirectBuffer> readTxn;

    /**
     * @param keyCount records to make room for.
     * @param renewing true: each read sees the latest commit; false: the read transaction stays as
     *     of the last put, which is as fast as LMDB can be, and stale.
     */
    LmdbStore(final long keyCount, final boolean renewing) {
        this.renewing = renewing;
        env =
                Env.create(DirectBufferProxy.PROXY_DB)
                        .setMapSize(SPARE_BYTES + keyCount * BYTES_PER_RECORD)
                        .setMaxDbs(1)
                        .open(directory.path().toFile(), MDB_NOTLS, MDB_WRITEMAP, MDB_NOSYNC);
        dbi = env.openDbi("records", MDB_CREATE);
        readTxn = env.txnRead();
        readTxn.reset();
        if (!renewing) {
            readTxn.renew();
        }
    }

    @Override
    public long get(final long index) {
        buffers.encodeKey(index);
        if (renewing) {
            readTxn.renew();
            final long fold = find();
            readTxn.reset();
            return fold;
        }
        return find();
    }

    private long find() {
        final DirectBuffer value = dbi.get(readTxn, buffers.key());
        return value == null ? Record.MISS : RecordBuffers.fold(value);
    }

    @Override
    public void put(final long index, final long stamp) {
        buffers.encodeKey(index);
        buffers.encodeValue(index, stamp);
        if (!renewing) {
            readTxn.reset();
        }
        try (Txn<DirectBuffer> txn = env.txnWrite()) {
            dbi.put(txn, buffers.key(), buffers.value());
            txn.commit();
        }
        if (!renewing) {
            readTxn.renew();
        }
    }

    @Override
    public String settings() {
        return "MDB_NOTLS, MDB_WRITEMAP, MDB_NOSYNC, Agrona buffers, lmdbjava checks off; "
                + (renewing
                        ? "read transaction renewed for each get"
                        : "read transaction held open (stale reads)")
                + "; one write transaction a put";
    }

    @Override
    public void close() {
        readTxn.close();
        dbi.close();
        env.close();
        directory.close();
    }
}
