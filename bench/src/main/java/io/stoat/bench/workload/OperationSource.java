package io.stoat.bench.workload;

/**
 * The endless sequence of one client's operations. Allocates nothing after it was made. One thread;
 * the same workload, client and seed give the same sequence.
 */
public final class OperationSource {
    private static final int SHARE_BITS = 20;

    private final Workload workload;
    private final TradeTape tape;
    private final KeyChooser keys;
    private final RandomBits random;
    private final long[] shares = new long[OperationKind.count()];
    private final long missShare;
    private final long ttlShare;
    private final long firstSpare;
    private final long spareCount;
    private long inserted;
    private long stamp;
    private long row;
    private final long rowStride;

    /**
     * @param workload to draw from.
     * @param tape of recorded trades to replay, or null for a random mix.
     * @param client number of the client, from 0.
     * @param clients how many there are: each inserts keys, and replays trades, of its own.
     * @param seed of the sequence.
     */
    public OperationSource(
            final Workload workload,
            final TradeTape tape,
            final int client,
            final int clients,
            final long seed) {
        this.workload = workload;
        this.tape = tape;
        keys = workload.order().chooser(workload.keys());
        random = new RandomBits(seed * 31 + client);
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += percent(OperationKind.of(i));
            shares[i] = Math.round(sum / 100 * (1L << SHARE_BITS));
        }
        missShare = Math.round(workload.missPercent() / 100 * (1L << SHARE_BITS));
        ttlShare = Math.round(workload.ttlPercent() / 100 * (1L << SHARE_BITS));
        spareCount = workload.spareKeys() / clients;
        firstSpare = workload.keys() + client * spareCount;
        stamp = (long) client << 48;
        row = client;
        rowStride = clients;
    }

    private double percent(final OperationKind kind) {
        return switch (kind) {
            case READ -> workload.readPercent();
            case UPDATE -> workload.updatePercent();
            case INSERT -> workload.insertPercent();
            case SCAN -> workload.scanPercent();
            case READ_MODIFY_WRITE -> workload.rmwPercent();
        };
    }

    /**
     * Fills in the next operation.
     *
     * @param operation to fill.
     */
    public void next(final Operation operation) {
        stamp++;
        if (tape != null) {
            replay(operation);
            return;
        }
        final long bits = random.next();
        final OperationKind kind = kind(bits & ((1L << SHARE_BITS) - 1));
        if (kind == OperationKind.INSERT) {
            operation.set(kind, firstSpare + inserted % spareCount, false);
            inserted++;
        } else if (kind == OperationKind.READ
                && missShare > 0
                && (bits >>> SHARE_BITS & ((1L << SHARE_BITS) - 1)) < missShare) {
            // beyond every key that is ever written
            final long absent = workload.keys() + workload.spareKeys();
            operation.set(kind, absent + keys.choose(random.next()), true);
        } else {
            operation.set(kind, existing(), false);
            if (kind == OperationKind.SCAN) {
                operation.span(1 + (int) RandomBits.below(workload.scanSpan(), bits));
            }
        }
        if (kind.isWrite()) {
            operation.encodeValue(stamp);
            if (ttlShare > 0 && (bits >>> 40 & ((1L << SHARE_BITS) - 1)) < ttlShare) {
                operation.ttlMs(workload.ttlMs());
            }
        }
    }

    private OperationKind kind(final long share) {
        int i = 0;
        while (share >= shares[i]) {
            i++;
        }
        return OperationKind.of(i);
    }

    /** A key that was loaded, or inserted by this client. */
    private long existing() {
        final long choice = keys.choose(random.next());
        if (workload.order() != KeyOrder.LATEST) {
            return choice;
        }
        final long own = Math.min(inserted, spareCount);
        if (choice < own) {
            return firstSpare + (inserted - 1 - choice) % spareCount;
        }
        return workload.keys() - 1 - (choice - own);
    }

    private void replay(final Operation operation) {
        final int trade = (int) (row % tape.length());
        operation.set(OperationKind.UPDATE, row % workload.keys(), false);
        operation.encodeTrade(stamp, tape.price(trade), tape.volume(trade));
        row += rowStride;
    }

    /**
     * Fills in the write of a key before the run.
     *
     * @param operation to fill.
     * @param index of the key.
     */
    public static void load(final Operation operation, final long index) {
        operation.set(OperationKind.INSERT, index, false);
        operation.encodeValue(index);
    }
}
