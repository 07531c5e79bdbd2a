package io.stoat.store;

/**
 * What opening a data directory mended after a crash; all zero after a clean close. Filled while
 * the store opens, constant afterwards.
 */
public final class RecoveryReport {
    private int shards;
    private int commandsFinished;
    private long entries;
    private long quarantined;
    private long missing;

    RecoveryReport() {}

    /** Shards are recovered by several threads. */
    synchronized void add(final ShardRecovery recovery) {
        shards++;
        commandsFinished += recovery.redone() ? 1 : 0;
        entries += recovery.entries();
        quarantined += recovery.quarantined();
        missing += recovery.missing();
    }

    /**
     * @return shards that had not been closed cleanly.
     */
    public int shards() {
        return shards;
    }

    /**
     * @return commands that the crash had cut off and that were finished.
     */
    public int commandsFinished() {
        return commandsFinished;
    }

    /**
     * @return entries of those shards that were checked and found sound.
     */
    public long entries() {
        return entries;
    }

    /**
     * @return entries that failed their checksum and were moved to {@code quarantine/}.
     */
    public long quarantined() {
        return quarantined;
    }

    /**
     * @return entries that were counted before the crash and could not be found again.
     */
    public long missing() {
        return missing;
    }

    @Override
    public String toString() {
        return shards == 0
                ? "clean"
                : "recovered "
                        + shards
                        + " shards after a crash: "
                        + entries
                        + " entries sound, "
                        + commandsFinished
                        + " cut-off commands finished, "
                        + quarantined
                        + " entries moved to quarantine, "
                        + missing
                        + " missing";
    }
}
