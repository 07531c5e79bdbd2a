package io.stoat.store;

import java.nio.file.Path;
import java.util.Objects;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/** Configuration of a {@link StoreReader}. */
public final class ReaderContext {
    /** After how long without a heartbeat an owner counts as gone, ms. */
    public static final long DEFAULT_STALE_AFTER_MS = 2_000;

    /** How long a read waits for a live owner to finish one change, ms. */
    public static final long DEFAULT_STUCK_AFTER_MS = 10_000;

    private Path dataDir;
    private EpochClock epochClock = SystemEpochClock.INSTANCE;
    private long staleAfterMs = DEFAULT_STALE_AFTER_MS;
    private long stuckAfterMs = DEFAULT_STUCK_AFTER_MS;
    private boolean verifyChecksums;

    /**
     * @param dataDir directory that a node or an embedded store owns. Required.
     * @return this
     */
    public ReaderContext dataDir(final Path dataDir) {
        this.dataDir = Objects.requireNonNull(dataDir, "dataDir").toAbsolutePath().normalize();
        return this;
    }

    /**
     * @return directory of the shards.
     */
    public Path dataDir() {
        return dataDir;
    }

    /**
     * @param epochClock for expiry and for the age of the heartbeat; asked only for entries that
     *     can expire.
     * @return this
     */
    public ReaderContext epochClock(final EpochClock epochClock) {
        this.epochClock = Objects.requireNonNull(epochClock, "epochClock");
        return this;
    }

    /**
     * @return source of time.
     */
    public EpochClock epochClock() {
        return epochClock;
    }

    /**
     * @param staleAfterMs age of the heartbeat at which the owner counts as gone, ms.
     * @return this
     */
    public ReaderContext staleAfterMs(final long staleAfterMs) {
        this.staleAfterMs = staleAfterMs;
        return this;
    }

    /**
     * @return age of the heartbeat at which the owner counts as gone, ms.
     */
    public long staleAfterMs() {
        return staleAfterMs;
    }

    /**
     * Bounds a read that meets a change which does not end although the owner's heartbeat is fresh,
     * as when the owner's thread is stopped in a debugger.
     *
     * @param stuckAfterMs after which such a read returns {@link Status#OWNER_GONE}, ms.
     * @return this.
     */
    public ReaderContext stuckAfterMs(final long stuckAfterMs) {
        this.stuckAfterMs = stuckAfterMs;
        return this;
    }

    /**
     * @return longest wait for a live owner to finish one change, ms.
     */
    public long stuckAfterMs() {
        return stuckAfterMs;
    }

    /**
     * @param verifyChecksums true: {@link StoreReader#get} also checks the entry's checksum and
     *     answers {@link Status#CORRUPT} for a damaged one.
     * @return this
     */
    public ReaderContext verifyChecksums(final boolean verifyChecksums) {
        this.verifyChecksums = verifyChecksums;
        return this;
    }

    /**
     * @return whether copies are checked against their checksum.
     */
    public boolean verifyChecksums() {
        return verifyChecksums;
    }
}
