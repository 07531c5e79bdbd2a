package io.stoat.store;

import java.util.function.Consumer;

/**
 * Checks every structure and every entry of a store from the reader's side, closed or while its
 * owner writes: each segment's tiers, slots, free list and counts against each other, each entry
 * against its checksum, expired ones too. A segment is checked as of one moment, by its sequence;
 * one that changes during every one of {@value #ATTEMPTS} attempts is counted in {@link
 * #busySegments()}. Belongs to the reader and its thread.
 */
public final class StoreVerification {
    private static final int ATTEMPTS = 200;

    private final StoreReader reader;
    private Runnable betweenSegments = () -> {};
    private long soundEntries;
    private long damagedEntries;
    private long faults;
    private long busySegments;

    /**
     * @param reader of the store.
     */
    public StoreVerification(final StoreReader reader) {
        this.reader = reader;
    }

    /**
     * For a check that leaves processors to others, or may be given up.
     *
     * @param pause called after each segment; what it throws ends {@link #run}.
     * @return this
     */
    public StoreVerification betweenSegments(final Runnable pause) {
        betweenSegments = pause;
        return this;
    }

    /**
     * Checks the whole store.
     *
     * @param findings told each finding, for a person.
     * @return {@link Status#OK} when all segments were looked at, whatever was found; {@link
     *     Status#OWNER_GONE} when one was left in the middle of a change by an owner that is gone,
     *     whose next start mends it; {@link Status#CLOSED}.
     */
    public int run(final Consumer<String> findings) {
        soundEntries = 0;
        damagedEntries = 0;
        faults = 0;
        busySegments = 0;
        for (int shard = 0; shard < reader.shardMap().shardCount(); shard++) {
            final int status = run(shard, findings);
            if (status != Status.OK) {
                return status;
            }
        }
        return Status.OK;
    }

    private int run(final int index, final Consumer<String> findings) {
        if (reader.isClosed()) {
            return Status.CLOSED;
        }
        ShardReader shard = reader.shardAt(index);
        for (int segment = 0; segment < shard.segments(); segment++) {
            final SegmentCheck check = check(shard, segment);
            if (check == null) {
                return Status.OWNER_GONE;
            }
            if (reader.shardAt(index) != shard) {
                // it has grown: what was found so far is of files that are gone
                return run(index, findings);
            }
            count(check, "shard " + index + " segment " + segment + ": ", findings);
            betweenSegments.run();
        }
        return Status.OK;
    }

    private void count(
            final SegmentCheck check, final String where, final Consumer<String> findings) {
        if (!check.isValid()) {
            busySegments++;
            return;
        }
        soundEntries += check.soundEntries();
        damagedEntries += check.damagedEntries();
        faults += check.faults();
        for (final String finding : check.findings()) {
            findings.accept(where + finding);
        }
    }

    /** Returns null when the owner died within a change. */
    private SegmentCheck check(final ShardReader shard, final int segment) {
        final long sequenceAddress = shard.sequenceAddressOf(segment);
        SegmentCheck check = new SegmentCheck(shard, segment);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            final long sequence = ShardReader.sequence(sequenceAddress);
            if (!ShardReader.isOdd(sequence)) {
                check = new SegmentCheck(shard, segment);
                check.run();
                if (ShardReader.isUnchanged(sequenceAddress, sequence)) {
                    // faults may come from a file that has grown
                    if (check.faults() == 0 || !shard.follow()) {
                        check.validate();
                        return check;
                    }
                }
            }
            if (!reader.awaitChange(attempt)) {
                return null;
            }
            if (shard.isRetired()) {
                return check;
            }
        }
        return check;
    }

    /**
     * @return entries whose checksum matches and that a look-up finds.
     */
    public long soundEntries() {
        return soundEntries;
    }

    /**
     * @return entries whose checksum does not match.
     */
    public long damagedEntries() {
        return damagedEntries;
    }

    /**
     * @return structures that contradict each other or lead nowhere.
     */
    public long faults() {
        return faults;
    }

    /**
     * @return segments that changed too often to be checked.
     */
    public long busySegments() {
        return busySegments;
    }
}
