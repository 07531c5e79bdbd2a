package io.stoat.store;

/**
 * A growth of a store, under way or done. Any thread may look at it.
 *
 * @see Store#startGrowth
 */
public final class Growth {
    /** How far it has come. */
    public enum State {
        /** The larger files are being made beside the present ones. */
        CREATING,
        /** The owner copies in slices; commands go on. */
        COPYING,
        /** Every shard has switched. */
        DONE,
        /** It was given up; the store is as large as before. See {@link Growth#failure()}. */
        FAILED
    }

    private final long entries;
    private final int shards;
    private volatile State state = State.CREATING;
    private volatile int shardsSwitched;
    private volatile long slices;
    private volatile long maxPauseNs;
    private volatile long totalPauseNs;
    private volatile String failure;

    Growth(final long entries, final int shards) {
        this.entries = entries;
        this.shards = shards;
    }

    void copying() {
        state = State.COPYING;
    }

    void done() {
        state = State.DONE;
    }

    void fail(final String message) {
        failure = message;
        state = State.FAILED;
    }

    /** Takes note of time that an owner's thread spent. */
    synchronized void onSlice(final long pauseNs, final boolean switched) {
        slices++;
        totalPauseNs += pauseNs;
        maxPauseNs = Math.max(maxPauseNs, pauseNs);
        shardsSwitched += switched ? 1 : 0;
    }

    /**
     * @return how far it has come.
     */
    public State state() {
        return state;
    }

    /**
     * @return whether it has ended, well or not.
     */
    public boolean isOver() {
        return state == State.DONE || state == State.FAILED;
    }

    /**
     * @return entries that the whole store is to hold.
     */
    public long entries() {
        return entries;
    }

    /**
     * @return shards that are to grow.
     */
    public int shards() {
        return shards;
    }

    /**
     * @return shards that have switched to their larger files.
     */
    public int shardsSwitched() {
        return shardsSwitched;
    }

    /**
     * @return slices of work that the owner's threads did in between their commands.
     */
    public long slices() {
        return slices;
    }

    /**
     * @return the longest of these slices: how long a command had to wait at most, ns.
     */
    public long maxPauseNs() {
        return maxPauseNs;
    }

    /**
     * @return time of all these slices together, ns.
     */
    public long totalPauseNs() {
        return totalPauseNs;
    }

    /**
     * @return what went wrong, with its mend, or null.
     */
    public String failure() {
        return failure;
    }
}
