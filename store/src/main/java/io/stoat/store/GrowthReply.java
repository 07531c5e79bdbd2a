package io.stoat.store;

/**
 * What a live owner answers to a {@link GrowthRequest}.
 *
 * @param state how far the growth has come.
 * @param shards that are to grow.
 * @param shardsSwitched of them.
 * @param slices of work between commands.
 * @param maxPauseNs the longest of these: how long a command had to wait at most, ns.
 * @param totalPauseNs all of them together, ns.
 * @param failure what went wrong, with its mend; empty when nothing did.
 */
public record GrowthReply(
        Growth.State state,
        int shards,
        int shardsSwitched,
        long slices,
        long maxPauseNs,
        long totalPauseNs,
        String failure) {
    static GrowthReply of(final Growth growth, final boolean isOver) {
        final Growth.State state = growth.state();
        return new GrowthReply(
                // files may still have to go
                state == Growth.State.DONE && !isOver ? Growth.State.COPYING : state,
                growth.shards(),
                growth.shardsSwitched(),
                growth.slices(),
                growth.maxPauseNs(),
                growth.totalPauseNs(),
                growth.failure() == null ? "" : growth.failure());
    }

    static GrowthReply refused(final String failure) {
        return new GrowthReply(Growth.State.FAILED, 0, 0, 0, 0, 0, failure);
    }

    /**
     * @return whether the growth has ended, well or not.
     */
    public boolean isOver() {
        return state == Growth.State.DONE || state == Growth.State.FAILED;
    }
}
